#pragma once
// What the kernel says about a process.

#include <sys/types.h>

#include <string>

namespace exo::bench {

double residentMegabytes(pid_t pid);
double ownMegabytes(pid_t pid); // the anonymous part of it
double cpuSeconds(pid_t pid);   // used so far, user and system
int openDescriptors(pid_t pid);
std::string processorName();

} // namespace exo::bench
