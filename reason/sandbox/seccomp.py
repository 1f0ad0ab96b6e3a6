"""The system calls that a sandbox's container may make, for x86-64 and arm64.

A list of what is allowed, not of what is forbidden: what Python, its standard library and GCC need to
compute, read and write files, start and reap processes and talk over unix sockets. Everything else fails
with EPERM: namespaces, mounts, keyrings, System V and POSIX queues, ptrace and other processes' memory,
io_uring, BPF, every socket family but AF_UNIX, clocks, modules. The supervisor's own filter inside closes
more for the programs it runs.

Every backend that has a seccomp profile loads this one. Source: the man pages syscalls(2) and seccomp(2).
"""

from __future__ import annotations

import json
from typing import Any

__all__ = ["docker_profile"]

ALLOWED = """
_llseek accept accept4 access alarm arch_prctl bind brk capget capset chdir chmod clock_getres clock_gettime
clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1
epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 execve execveat exit exit_group faccessat
faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fcntl fdatasync flock fork fstat fstatfs
fsync ftruncate futex futex_waitv getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups
getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit
getrusage getsid getsockname getsockopt gettid gettimeofday getuid inotify_add_watch inotify_init
inotify_init1 inotify_rm_watch ioctl kill link linkat listen lseek lstat madvise membarrier memfd_create
mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall
munmap nanosleep newfstatat open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 poll ppoll
prctl pread64 preadv preadv2 prlimit64 pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat
readv recvfrom recvmmsg recvmsg rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction
rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo
sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
sched_getscheduler sched_rr_get_interval sched_setaffinity sched_yield seccomp select sendfile sendmmsg
sendmsg sendto set_robust_list set_tid_address setgid setgroups setitimer setpgid setpriority setregid
setresgid setresuid setreuid setrlimit setsid setsockopt setuid shutdown sigaltstack signalfd signalfd4
splice stat statfs statx symlink symlinkat sync_file_range sysinfo tee tgkill time timer_create timer_delete
timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill
truncate ulimit umask uname unlink unlinkat utime utimensat utimes vfork wait4 waitid waitpid write writev
"""

NAMESPACE_FLAGS = 0x7E020000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET together."""
AF_UNIX, EPERM, ENOSYS, EAFNOSUPPORT = 1, 1, 38, 97
ARCHITECTURES = {"amd64": "SCMP_ARCH_X86_64", "arm64": "SCMP_ARCH_AARCH64"}


def docker_profile() -> str:
    """Return the profile as the JSON text that an engine takes as a security option."""
    rules: list[dict[str, Any]] = [
        {"names": sorted(ALLOWED.split()), "action": "SCMP_ACT_ALLOW"},
        {
            "names": ["clone"],
            "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": NAMESPACE_FLAGS, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}],
        },
        # Its flags lie in memory, out of a filter's sight; on ENOSYS the C library takes clone instead.
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS},
        # 0 is Linux on Linux, 0x0008 keeps addresses apart; 0xffffffff only asks.
        *(
            {
                "names": ["personality"],
                "action": "SCMP_ACT_ALLOW",
                "args": [{"index": 0, "value": value, "op": "SCMP_CMP_EQ"}],
            }
            for value in (0x0, 0x0008, 0xFFFFFFFF)
        ),
        *socket_rules(),
    ]
    profile = {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": EPERM,
        # One architecture each: the 32-bit tables beside them have numbers of their own.
        "archMap": [{"architecture": name, "subArchitectures": []} for name in ARCHITECTURES.values()],
        "syscalls": rules,
    }
    return json.dumps(profile, sort_keys=True)


def socket_rules() -> list[dict[str, Any]]:
    """Allow unix sockets; every other family is unknown here."""
    unix = [{"index": 0, "value": AF_UNIX, "op": "SCMP_CMP_EQ"}]
    other = [{"index": 0, "value": AF_UNIX, "op": "SCMP_CMP_NE"}]
    return [
        rule
        for name in ("socket", "socketpair")
        for rule in (
            {"names": [name], "action": "SCMP_ACT_ALLOW", "args": unix},
            {"names": [name], "action": "SCMP_ACT_ERRNO", "errnoRet": EAFNOSUPPORT, "args": other},
        )
    ]
