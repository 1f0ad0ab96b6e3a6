"""The profile of system calls that containers get."""

import json

from reason.sandbox.seccomp import docker_profile


def test_the_profile_names_each_call_once_and_allows_none_that_matters() -> None:
    rules = json.loads(docker_profile())["syscalls"]
    plain = [name for rule in rules if "args" not in rule for name in rule["names"]]
    assert len(plain) == len(set(plain))
    allowed = {name for rule in rules if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    forbidden = """
    add_key bpf chroot clone3 delete_module finit_module fsopen init_module io_uring_enter io_uring_register
    io_uring_setup iopl kcmp kexec_load keyctl mount move_mount mq_open msgget open_by_handle_at open_tree
    perf_event_open pidfd_getfd pivot_root process_vm_readv process_vm_writev ptrace quotactl reboot
    request_key semget setns shmget swapon umount2 unshare userfaultfd
    """
    assert not allowed & set(forbidden.split())
    assert {"SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"} == {
        item["architecture"] for item in json.loads(docker_profile())["archMap"]
    }
