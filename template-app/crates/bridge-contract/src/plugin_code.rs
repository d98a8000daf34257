//! Why a call of a plugin failed: codes of a result, not of a rejection.

macro_rules! call_codes {
    ($($code:literal $cause:literal $cure:literal;)*) => {
        /// Every code of `PluginCallResult.code`. Those about the module itself are codes of rejections too.
        pub const PLUGIN_CALL_CODES: &[PluginCallCode] =
            &[$(PluginCallCode { code: $code, cause: $cause, cure: $cure },)*];
    };
}

/// A code of `PluginCallResult.code`, with cause and cure.
#[derive(Debug, Clone, Copy)]
pub struct PluginCallCode {
    pub code: &'static str,
    /// Why it happens, for the reference page.
    pub cause: &'static str,
    /// What to do about it, for the reference page.
    pub cure: &'static str,
}

call_codes! {
    "plugins/not-found"
        "No module has this name."
        "Take names from `plugins.list()`.";
    "plugins/invalid-name"
        "The text is no name of a module."
        "Use a short name such as `my-plugin.wasm`.";
    "plugins/invalid-module"
        "The module cannot be run here."
        "Build it for `wasm32-wasip1`.";
    "plugins/missing-start"
        "The module exports no `_start`."
        "Build it as a program, not as a library.";
    "plugins/forbidden-import"
        "The module imports what the sandbox does not have."
        "Build it for WASI preview 1.";
    "plugins/hash-mismatch"
        "The module is not the one that was bundled or added."
        "Add it again.";
    "plugins/timeout"
        "The call was not done at its deadline."
        "Give it more time (`timeoutMs`, up to `maxTimeoutMs` of the limits), or less to do.";
    "plugins/memory-limit"
        "The plugin wanted more memory than it may have."
        "Raise `memoryMb`, or process the data in parts.";
    "plugins/stack-overflow"
        "The plugin nested too deeply."
        "Look for an endless recursion in the plugin.";
    "plugins/trap"
        "The plugin did what WebAssembly forbids, such as a panic or a wrong address; `stderr` often says where."
        "Correct the plugin.";
    "plugins/exit"
        "The plugin ended with an exit code that is not 0; it is in `exitCode`."
        "See `stderr`.";
    "plugins/stdin-too-large"
        "The payload is larger than allowed."
        "Write large data to the plugin's storage and pass its path, or raise `stdinKb`.";
    "plugins/output-limit"
        "The plugin printed more than allowed."
        "Write large results to the storage, or raise `stdoutKb` or `stderrKb`.";
    "plugins/invalid-output"
        "The plugin's answer is not one JSON object."
        "Print the answer once to stdout, and all else to stderr.";
    "plugins/storage-quota"
        "The plugin's storage is full."
        "Remove files, or raise `storageMb` or `storageFiles`.";
    "plugins/storage-failed"
        "The plugin's storage cannot be used."
        "See the message.";
    "plugins/queue-full"
        "Too many calls wait already."
        "Wait for some before more, or raise `queue`.";
    "plugins/cancelled"
        "The call was stopped: by `cancel`, `killJobs` or its signal."
        "Nothing to do.";
    "plugins/invalid-id"
        "The `id` of the call is empty or longer than 128 bytes, or another call has it."
        "Leave it out, or take a new one for each call.";
    "plugins/internal"
        "The plugin host failed where it should not."
        "Report it with the message.";
}
