#include "core/analysis/engine/Sandbox.h"

#include "core/analysis/TextFile.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace exo::analysis {

namespace {

// What libraries load from the disk at first use must be there before the disk is out of reach.
void loadLazyThings() {
    (void)contentHash("");
    prepareDecoding();
}

bool limitResources(const SandboxLimits& limits) {
    const auto set = [](__rlimit_resource what, rlim_t value) {
        const struct rlimit limit { value, value };
        return ::setrlimit(what, &limit) == 0;
    };
    bool ok = set(RLIMIT_CORE, 0) && set(RLIMIT_FSIZE, 0) && set(RLIMIT_NOFILE, 64);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // their shadow is larger than any limit
    ok = set(RLIMIT_AS, limits.memoryBytes) && ok;
#else
    (void)limits;
#endif
    return ok;
}

// Landlock, first version of its interface (Linux 5.13): everything a path can be used for is denied but
// reading below the root.
bool readOnlyBelow(const std::string& root) {
    struct landlock_ruleset_attr attributes {};
    attributes.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
    const int rules =
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
    if (rules < 0) return false;
    struct landlock_path_beneath_attr beneath {};
    beneath.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    beneath.parent_fd = ::open(root.c_str(), O_PATH | O_CLOEXEC | O_DIRECTORY);
    bool ok = beneath.parent_fd >= 0 &&
              ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
    ok = ok && ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    if (beneath.parent_fd >= 0) ::close(beneath.parent_fd);
    ::close(rules);
    return ok;
}

bool denyCalls() {
    constexpr std::array k_denied{
        // network
        SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen),
        SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(sendmmsg),
        // programs and other processes
        SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone),
        SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kill),
        SCMP_SYS(tkill), SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_send_signal), SCMP_SYS(pidfd_getfd),
        // files
        SCMP_SYS(creat), SCMP_SYS(truncate), SCMP_SYS(ftruncate), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
        SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(mkdir), SCMP_SYS(mkdirat),
        SCMP_SYS(rmdir), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(symlink), SCMP_SYS(symlinkat),
        SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat),
        SCMP_SYS(chown), SCMP_SYS(fchown), SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(utimensat),
        SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(fsetxattr), SCMP_SYS(mount), SCMP_SYS(umount2),
        SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(io_uring_setup), SCMP_SYS(open_by_handle_at),
        // the kernel's own
        SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(keyctl), SCMP_SYS(add_key),
        SCMP_SYS(request_key), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(init_module),
        SCMP_SYS(finit_module), SCMP_SYS(reboot), SCMP_SYS(swapon)};
    const scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ALLOW);
    if (!filter) return false;
    bool ok = true;
    for (const int call : k_denied)
        ok = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0) == 0 && ok;
    // openat2 and clone3 hide their flags behind a pointer; their callers fall back to what can be checked.
    for (const int call : {SCMP_SYS(openat2), SCMP_SYS(clone3)})
        ok = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0) == 0 && ok;
    for (const auto flags : {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC}) {
        const auto bits = static_cast<scmp_datum_t>(flags);
        ok = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(open), 1,
                                SCMP_A1(SCMP_CMP_MASKED_EQ, bits, bits)) == 0 &&
             ok;
        ok = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, bits, bits)) == 0 &&
             ok;
    }
    ok = ok && ::seccomp_load(filter) == 0;
    ::seccomp_release(filter);
    return ok;
}

} // namespace

std::string enterSandbox(const std::string& readableRoot, const SandboxLimits& limits) {
    loadLazyThings();
    std::string said;
    const auto say = [&](bool holds, const char* what) {
        said += (said.empty() ? "" : " ") + std::string(holds ? "" : "no ") + what;
    };
    say(limitResources(limits), "rlimit");
    const bool noNew = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    say(noNew && readOnlyBelow(readableRoot), "landlock");
    say(noNew && denyCalls(), "seccomp");
    return said;
}

} // namespace exo::analysis
