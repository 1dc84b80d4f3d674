#include "core/base/FilePages.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <span>

namespace exo {

namespace {

bool hasTextRelocations(const dl_phdr_info& object) {
    for (const ElfW(Phdr) & header : std::span(object.dlpi_phdr, object.dlpi_phnum)) {
        if (header.p_type != PT_DYNAMIC) continue;
        const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + header.p_vaddr);
        for (; entry->d_tag != DT_NULL; ++entry)
            if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL)))
                return true;
    }
    return false;
}

int dropObject(dl_phdr_info* object, std::size_t, void* counter) {
    if (hasTextRelocations(*object)) return 0;
    const auto page = static_cast<ElfW(Addr)>(::sysconf(_SC_PAGESIZE));
    for (const ElfW(Phdr) & header : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
        if (header.p_type != PT_LOAD || (header.p_flags & PF_W)) continue;
        const ElfW(Addr) begin = (object->dlpi_addr + header.p_vaddr) / page * page;
        const ElfW(Addr) end = (object->dlpi_addr + header.p_vaddr + header.p_memsz + page - 1) / page * page;
        // The kernel's own object (vdso) refuses, which is right.
        if (::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED) == 0)
            ++*static_cast<std::size_t*>(counter);
    }
    return 0;
}

} // namespace

std::size_t dropFilePages() {
    std::size_t dropped = 0;
    ::dl_iterate_phdr(dropObject, &dropped);
    return dropped;
}

} // namespace exo
