/**
 * The module `badge`: a number at the app's icon.
 */

/** `Desktopr.badge`, switched on by `bridge.modules.badge`. */
export interface BadgeModule {
  /**
   * Shows a number at the app's icon: in the dock of macOS, over the button in the taskbar of Windows (`99+` from 100 on), and in
   * those docks and task bars of Linux that have numbers, once the app is installed. One for all windows: the last one counts.
   *
   * @param count - A whole number from 0 to 4,294,967,295; 0 removes it.
   * @example
   * ```ts
   * await Desktopr.badge.set(3);
   * ```
   */
  set(count: number): Promise<void>;

  /**
   * Removes the number.
   *
   * @example
   * ```ts
   * await Desktopr.badge.clear();
   * ```
   */
  clear(): Promise<void>;
}
