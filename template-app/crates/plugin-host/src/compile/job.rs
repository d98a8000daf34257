//! A limit of memory for this process on Windows: a job object, which nothing safe can set.
//!
//! <https://learn.microsoft.com/windows/win32/procthread/job-objects>
#![expect(
    unsafe_code,
    reason = "four functions of Windows, for which no crate has a safe form with this limit"
)]

use std::{io, mem, ptr};

use windows_sys::Win32::System::{
    JobObjects::{
        AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_PROCESS_MEMORY,
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation,
        SetInformationJobObject,
    },
    Threading::GetCurrentProcess,
};

/// Puts this process into a job that has `bytes` of committed memory for it. The job ends with the process, so its handle is left open.
pub(super) fn limit_memory(bytes: usize) -> io::Result<()> {
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PROCESS_MEMORY;
    limits.ProcessMemoryLimit = bytes;
    let size = mem::size_of_val(&limits);
    // SAFETY: a job without attributes and name takes two null pointers.
    let job = unsafe { CreateJobObjectW(ptr::null(), ptr::null()) };
    if job.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `job` is a job's handle, and `limits` is what this class of information is, with its size.
    let set = unsafe {
        let limits = ptr::from_ref(&limits).cast();
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, limits, size as u32)
    };
    // SAFETY: `job` is a job's handle, and the other one stands for this process.
    if set == 0 || unsafe { AssignProcessToJobObject(job, GetCurrentProcess()) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
