#pragma once
// The pages of the program's and its libraries' files that are mapped into the process. Linux.

#include <cstddef>

namespace exo {

// Takes the pages of code and constants out of the process that lie there because its start needed them (some
// 16 MB of a server): they stay in the page cache as long as there is room, may go when there is none, and
// what is used again is mapped again, 64 KB at a time. Only what was never written goes (madvise(2),
// MADV_DONTNEED over segments without PF_W; nothing of an object with text relocations). Any thread; gives
// the number of segments it took.
std::size_t dropFilePages();

} // namespace exo
