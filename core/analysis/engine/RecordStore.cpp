#include "core/analysis/engine/RecordStore.h"

#include "core/analysis/TextFile.h"
#include "core/analysis/engine/Bytes.h"
#include "core/analysis/engine/RecordCodec.h"
#include "core/base/Ids.h"
#include "core/base/Log.h"
#include "core/base/Paths.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace exo::analysis {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_magic = "exobrain analysis table";
constexpr std::size_t k_maxTable = 512u << 20;
constexpr std::uint64_t k_compactAbove = 16u << 20;
constexpr auto k_keepUnused = std::chrono::hours(24 * 30);
constexpr std::size_t k_bytesPerToken = 12;

std::uint32_t checksumOf(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::uint64_t aligned(std::uint64_t offset) {
    return (offset + 3) & ~std::uint64_t(3);
}

bool writeAll(int fd, std::string_view bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
        offset += static_cast<std::uint64_t>(n);
    }
    return true;
}

void writeEntry(ByteWriter& out, const std::string& path, const StoredFile& file) {
    out.text(path);
    for (const std::int64_t value : {file.stamp.size, file.stamp.changedNs, file.stamp.inode})
        out.number(static_cast<std::uint64_t>(value));
    out.text(file.hash);
    for (const std::uint64_t value :
         {file.offset, std::uint64_t(file.recordBytes), std::uint64_t(file.tokens),
          std::uint64_t(file.checksum), std::uint64_t(file.columnsChecksum)})
        out.number(value);
}

StoredFile readEntry(ByteReader& in) {
    StoredFile file;
    for (std::int64_t* value : {&file.stamp.size, &file.stamp.changedNs, &file.stamp.inode})
        *value = static_cast<std::int64_t>(in.number());
    file.hash = in.text(128);
    file.offset = in.number(UINT64_MAX / 4);
    file.recordBytes = static_cast<std::uint32_t>(in.number(k_maxRecordBytes));
    file.tokens = static_cast<std::uint32_t>(in.number(k_maxFrame / k_bytesPerToken));
    file.checksum = static_cast<std::uint32_t>(in.number(UINT32_MAX));
    file.columnsChecksum = static_cast<std::uint32_t>(in.number(UINT32_MAX));
    return file;
}

} // namespace

std::unique_ptr<RecordStore> RecordStore::open(const fs::path& folder, const std::string& root,
                                               const std::string& variant, const std::string& rules) {
    std::unique_ptr<RecordStore> store(new RecordStore());
    store->m_root = root;
    store->m_variant = variant;
    store->m_rules = rules;
    store->m_memory.file = FileHandle(::memfd_create("exobrain-analysis", MFD_CLOEXEC));
    if (folder.empty()) return store;
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) fs::permissions(folder, fs::perms::owner_all, error);
    const std::string name = contentHash(root + '\0' + variant).substr(0, 32);
    store->m_folder = folder;
    store->m_table = folder / (name + ".idx");
    store->m_lock =
        FileHandle(::open((folder / (name + ".lock")).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    store->m_mayWrite = store->m_lock && ::flock(store->m_lock.get(), LOCK_EX | LOCK_NB) == 0;
    if (!store->m_mayWrite)
        log::info("the analysis index of {} is only read: {}", root, std::strerror(errno));
    if (!store->readTable() || !store->openData()) store->startAnew(name);
    fs::last_write_time(store->m_table, fs::file_time_type::clock::now(), error); // marks it as used
    return store;
}

void RecordStore::startAnew(const std::string& name) {
    m_files.clear();
    m_extra.clear();
    m_disk = Part();
    m_changed = true;
    if (!m_mayWrite) return;
    std::error_code error;
    for (fs::directory_iterator it(m_folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (it->path().filename().string().starts_with(name + "-")) fs::remove(it->path(), ignored);
    }
    m_dataName = name + "-" + newIdText("") + ".dat";
    m_mayWrite = openData();
}

RecordStore::~RecordStore() {
    for (Part* part : {&m_disk, &m_memory})
        if (part->mapped) ::munmap(const_cast<char*>(part->mapped), part->mappedSize);
}

bool RecordStore::readTable() {
    const auto bytes = readFile(m_table, k_maxTable);
    if (!bytes.ok() || bytes->size() < 4) return false;
    const std::string_view body = std::string_view(*bytes).substr(0, bytes->size() - 4);
    std::uint32_t sum = 0;
    std::memcpy(&sum, bytes->data() + body.size(), 4);
    if (sum != checksumOf(body)) return false;
    ByteReader in(body);
    if (in.text(64) != k_magic || in.text(64) != k_recordVersion || in.text(8192) != m_root ||
        in.text(256) != m_variant || in.text(256) != m_rules)
        return false;
    m_dataName = in.text(256);
    const std::uint64_t count = in.number(in.left());
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        std::string path(in.text(8192));
        m_files.emplace(std::move(path), readEntry(in));
    }
    m_extraKey = in.text(256);
    m_extra = in.text(k_maxTable);
    return in.ok() && in.atEnd() && m_dataName.find('/') == std::string::npos && !m_dataName.empty();
}

bool RecordStore::openData() {
    const int flags = m_mayWrite ? O_RDWR | O_CREAT : O_RDONLY;
    m_disk.file = FileHandle(::open((m_folder / m_dataName).c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
    struct stat info {};
    if (!m_disk.file || ::fstat(m_disk.file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
    m_disk.size = static_cast<std::uint64_t>(info.st_size);
    const auto fits = [&](const auto& entry) {
        const StoredFile& file = entry.second;
        return aligned(file.offset + file.recordBytes) + file.tokens * k_bytesPerToken <= m_disk.size;
    };
    return std::all_of(m_files.begin(), m_files.end(), fits);
}

const StoredFile* RecordStore::find(std::string_view path) const {
    const auto found = m_files.find(std::string(path));
    return found == m_files.end() ? nullptr : &found->second;
}

bool RecordStore::append(Part& part, std::string_view record, std::string_view columns, StoredFile& file) {
    if (!part.file) return false;
    const std::uint64_t offset = aligned(part.size);
    const std::uint64_t columnsAt = aligned(offset + record.size());
    if (!writeAll(part.file.get(), record, offset) || !writeAll(part.file.get(), columns, columnsAt))
        return false;
    file.offset = offset;
    part.size = columnsAt + columns.size();
    if (columns.empty() && part.size > offset + record.size()) { // the file reaches as far as the table says
        const std::string padding(part.size - offset - record.size(), '\0');
        if (!writeAll(part.file.get(), padding, offset + record.size())) return false;
    }
    return true;
}

bool RecordStore::put(const std::string& path, const std::string& hash, WorkDone&& done) {
    StoredFile file;
    file.stamp = {done.size, done.changedNs, done.inode};
    file.hash = hash;
    file.recordBytes = static_cast<std::uint32_t>(done.record.size());
    file.tokens = done.tokens;
    file.checksum = checksumOf(done.record);
    file.columnsChecksum = checksumOf(done.columns);
    m_changed = true;
    if (m_mayWrite && !m_diskFull && !append(m_disk, done.record, done.columns, file)) {
        log::warn("the analysis goes on in memory: {}", std::strerror(errno));
        m_diskFull = true;
    }
    file.inMemory = !m_mayWrite || m_diskFull;
    if (file.inMemory && !append(m_memory, done.record, done.columns, file)) return false;
    m_files[path] = std::move(file);
    return true;
}

void RecordStore::touch(const std::string& path, const FileStamp& stamp) {
    const auto found = m_files.find(path);
    if (found == m_files.end() || found->second.stamp == stamp) return;
    found->second.stamp = stamp;
    m_changed = true;
}

void RecordStore::keepOnly(const std::vector<std::string>& sortedPaths) {
    const auto gone = [&](const auto& entry) {
        return !std::binary_search(sortedPaths.begin(), sortedPaths.end(), entry.first);
    };
    if (std::erase_if(m_files, gone) > 0) m_changed = true;
}

bool RecordStore::map() {
    bool ok = true;
    for (Part* part : {&m_disk, &m_memory}) {
        if (part->mapped) ::munmap(const_cast<char*>(part->mapped), part->mappedSize);
        part->mapped = nullptr;
        part->mappedSize = part->size;
        if (part->size == 0 || !part->file) continue;
        void* start = ::mmap(nullptr, part->size, PROT_READ, MAP_SHARED, part->file.get(), 0);
        if (start == MAP_FAILED)
            ok = false;
        else
            part->mapped = static_cast<const char*>(start);
    }
    return ok;
}

void RecordStore::release() const {
    for (const Part* part : {&m_disk, &m_memory})
        if (part->mapped) ::madvise(const_cast<char*>(part->mapped), part->mappedSize, MADV_DONTNEED);
}

std::string_view RecordStore::record(const StoredFile& file) const {
    const Part& part = file.inMemory ? m_memory : m_disk;
    if (!part.mapped || file.offset + file.recordBytes > part.mappedSize) return {};
    const std::string_view bytes(part.mapped + file.offset, file.recordBytes);
    return checksumOf(bytes) == file.checksum ? bytes : std::string_view{};
}

CloneSource RecordStore::columns(std::string_view path, const StoredFile& file) const {
    const Part& part = file.inMemory ? m_memory : m_disk;
    const std::uint64_t start = aligned(file.offset + file.recordBytes);
    const std::uint64_t size = file.tokens * k_bytesPerToken;
    if (!part.mapped || start + size > part.mappedSize) return {path, {}, {}, {}};
    const char* bytes = part.mapped + start;
    if (checksumOf({bytes, size}) != file.columnsChecksum) return {path, {}, {}, {}};
    const std::size_t count = file.tokens;
    const auto* kinds = reinterpret_cast<const std::uint32_t*>(bytes);
    const auto* lines = reinterpret_cast<const std::int32_t*>(bytes + 8 * count);
    return {path, {kinds, count}, {kinds + count, count}, {lines, count}};
}

const std::string* RecordStore::extra(const std::string& key) const {
    return !m_extra.empty() && m_extraKey == key ? &m_extra : nullptr;
}

void RecordStore::setExtra(const std::string& key, std::string value) {
    m_extraKey = key;
    m_extra = std::move(value);
    m_changed = true;
}

std::uint64_t RecordStore::liveBytes() const {
    std::uint64_t live = 0;
    for (const auto& [path, file] : m_files)
        if (!file.inMemory) live += aligned(file.recordBytes) + file.tokens * k_bytesPerToken;
    return live;
}

// Copies what is still used to a new data file; the old one goes once the new table stands.
void RecordStore::compact() {
    if (m_disk.size < k_compactAbove || liveBytes() * 2 > m_disk.size || !m_disk.mapped) return;
    const std::string oldName = m_dataName;
    Part fresh;
    m_dataName = m_table.stem().string() + "-" + newIdText("") + ".dat";
    fresh.file =
        FileHandle(::open((m_folder / m_dataName).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    auto files = m_files;
    for (auto& [path, file] : files) {
        if (file.inMemory) continue;
        const std::string_view columns(m_disk.mapped + aligned(file.offset + file.recordBytes),
                                       file.tokens * k_bytesPerToken);
        if (append(fresh, {m_disk.mapped + file.offset, file.recordBytes}, columns, file)) continue;
        ::unlink((m_folder / m_dataName).c_str());
        m_dataName = oldName;
        return;
    }
    std::swap(m_files, files);
    std::error_code ignored;
    if (writeTable()) {
        fs::remove(m_folder / oldName, ignored);
    } else {
        fs::remove(m_folder / m_dataName, ignored);
        m_dataName = oldName;
    }
    std::swap(m_files, files); // the views still point into the old file
}

bool RecordStore::writeTable() {
    ByteWriter out;
    out.text(k_magic);
    out.text(k_recordVersion);
    out.text(m_root);
    out.text(m_variant);
    out.text(m_rules);
    out.text(m_dataName);
    const auto kept = [](const auto& entry) { return !entry.second.inMemory; };
    out.number(static_cast<std::uint64_t>(std::count_if(m_files.begin(), m_files.end(), kept)));
    for (const auto& [path, file] : m_files)
        if (!file.inMemory) writeEntry(out, path, file);
    out.text(m_extraKey);
    out.text(m_extra);
    const std::uint32_t sum = checksumOf(out.bytes());
    out.raw(&sum, sizeof sum);
    const auto written = writeFileAtomically(m_table, out.bytes());
    if (!written.ok()) log::warn("the analysis index is not kept: {}", written.error().toLogString());
    return written.ok();
}

void RecordStore::save() {
    if (!m_mayWrite || !m_changed) return;
    if (!writeTable()) return;
    m_changed = false;
    compact();
}

void removeUnusedStores(const fs::path& folder) {
    std::error_code error;
    const auto oldest = fs::file_time_type::clock::now() - k_keepUnused;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const std::string extension = it->path().extension().string();
        std::error_code ignored;
        const bool ours =
            extension == ".idx" || extension == ".dat" || extension == ".tri" || extension == ".part";
        if (ours && it->last_write_time(ignored) < oldest && !ignored) fs::remove(it->path(), ignored);
    }
}

} // namespace exo::analysis
