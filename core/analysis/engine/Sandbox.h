#pragma once
// What a worker may not do: reach the network, write or change any file, start programs, read outside the
// analysed folder, take more memory than its share. Called once by a worker, before the first foreign byte.

#include <cstdint>
#include <string>

namespace exo::analysis {

struct SandboxLimits {
    std::uint64_t memoryBytes = 2ull << 30; // of address space
};

// Says in words what holds ("rlimit landlock seccomp") and what the machine does not offer ("no landlock").
std::string enterSandbox(const std::string& readableRoot, const SandboxLimits& limits);

} // namespace exo::analysis
