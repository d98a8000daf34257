//! Archives that somebody made to do harm: refused, with nothing left behind.
