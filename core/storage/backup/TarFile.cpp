#include "core/storage/backup/TarFile.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace exo {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_piece = 256u << 10;

} // namespace

TarWriter::TarWriter(fs::path file, Descriptor fd, archive* handle, WallTime time)
    : m_file(std::move(file))
    , m_fd(std::move(fd))
    , m_archive(handle)
    , m_time(time) {}

TarWriter::TarWriter(TarWriter&& other) noexcept
    : m_file(std::move(other.m_file))
    , m_fd(std::move(other.m_fd))
    , m_archive(std::exchange(other.m_archive, nullptr))
    , m_time(other.m_time) {}

TarWriter& TarWriter::operator=(TarWriter&& other) noexcept {
    std::swap(m_file, other.m_file);
    std::swap(m_fd, other.m_fd);
    std::swap(m_archive, other.m_archive);
    m_time = other.m_time;
    return *this;
}

TarWriter::~TarWriter() {
    if (m_archive) archive_write_free(m_archive);
}

Result<TarWriter> TarWriter::create(const fs::path& file, WallTime time) {
    Descriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) return errnoError("cannot create", file);
    archive* handle = archive_write_new();
    if (!handle) return fail(ErrorCode::Internal, "no memory for an archive");
    const int descriptor = fd.get();
    TarWriter writer(file, std::move(fd), handle, time);
    if (archive_write_set_format_pax_restricted(handle) != ARCHIVE_OK ||
        archive_write_open_fd(handle, descriptor) != ARCHIVE_OK)
        return writer.error("cannot begin");
    return writer;
}

Error TarWriter::error(std::string_view doing) const {
    const int code = archive_errno(m_archive);
    if (code > 0 && code < 200) return errnoError(doing, m_file, code); // libarchive's own lie outside
    const char* text = archive_error_string(m_archive);
    return fail(ErrorCode::IoError,
                std::string(doing) + " " + m_file.string() + ": " + (text ? text : "unknown"));
}

Result<void> TarWriter::header(const std::string& name, std::uint64_t size) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(),
                                                                         archive_entry_free);
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    archive_entry_set_mtime(entry.get(), static_cast<time_t>(toUnixMillis(m_time) / 1000), 0);
    if (archive_write_header(m_archive, entry.get()) != ARCHIVE_OK) return error("cannot write");
    return {};
}

Result<void> TarWriter::data(std::string_view bytes) {
    while (!bytes.empty()) {
        const la_ssize_t written = archive_write_data(m_archive, bytes.data(), bytes.size());
        if (written <= 0) return error("cannot write");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> TarWriter::addText(const std::string& name, std::string_view bytes) {
    EXO_CHECK(header(name, bytes.size()));
    return data(bytes);
}

Result<void> TarWriter::addFile(const std::string& name, const fs::path& file, std::uint64_t size) {
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in) return errnoError("cannot open", file);
    EXO_CHECK(header(name, size));
    std::string piece(k_piece, '\0');
    for (std::uint64_t left = size; left > 0;) {
        const ssize_t got = ::read(in.get(), piece.data(), std::min<std::uint64_t>(left, piece.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errnoError("cannot read", file);
        if (got == 0) return fail(ErrorCode::IoError, file.string() + " became shorter while it was read");
        EXO_CHECK(data({piece.data(), static_cast<std::size_t>(got)}));
        left -= static_cast<std::uint64_t>(got);
    }
    return {};
}

Result<void> TarWriter::finish() {
    if (archive_write_close(m_archive) != ARCHIVE_OK) return error("cannot write");
    if (::fsync(m_fd.get()) != 0) return errnoError("cannot sync", m_file);
    return {};
}

TarReader::TarReader(fs::path file, Descriptor fd, archive* handle)
    : m_file(std::move(file))
    , m_fd(std::move(fd))
    , m_archive(handle) {}

TarReader::TarReader(TarReader&& other) noexcept
    : m_file(std::move(other.m_file))
    , m_fd(std::move(other.m_fd))
    , m_archive(std::exchange(other.m_archive, nullptr)) {}

TarReader& TarReader::operator=(TarReader&& other) noexcept {
    std::swap(m_file, other.m_file);
    std::swap(m_fd, other.m_fd);
    std::swap(m_archive, other.m_archive);
    return *this;
}

TarReader::~TarReader() {
    if (m_archive) archive_read_free(m_archive);
}

Result<TarReader> TarReader::open(const fs::path& file) {
    Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return errnoError("cannot open", file);
    if (std::error_code errc; !fs::is_regular_file(file, errc))
        return fail(ErrorCode::StorageCorrupt, file.string() + " is not a file");
    archive* handle = archive_read_new();
    if (!handle) return fail(ErrorCode::Internal, "no memory for an archive");
    const int descriptor = fd.get();
    TarReader reader(file, std::move(fd), handle);
    archive_read_support_filter_none(handle);
    archive_read_support_format_tar(handle);
    if (archive_read_open_fd(handle, descriptor, k_piece) != ARCHIVE_OK) return reader.error("is no archive");
    return reader;
}

Error TarReader::error(std::string_view doing) const {
    const char* text = archive_error_string(m_archive);
    return fail(ErrorCode::StorageCorrupt,
                m_file.string() + " " + std::string(doing) + ": " + (text ? text : "unknown"));
}

Result<std::optional<TarReader::Entry>> TarReader::next() {
    archive_entry* entry = nullptr;
    const int got = archive_read_next_header(m_archive, &entry);
    if (got == ARCHIVE_EOF) return std::optional<Entry>();
    if (got != ARCHIVE_OK) return error("cannot be read");
    const char* name = archive_entry_pathname(entry);
    const bool plain = archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry) &&
                       archive_entry_sparse_count(entry) == 0 && archive_entry_size(entry) >= 0;
    if (!plain || !name)
        return fail(ErrorCode::StorageCorrupt, m_file.string() + " holds something that is not a plain file");
    return std::optional<Entry>({name, static_cast<std::uint64_t>(archive_entry_size(entry))});
}

Result<void> TarReader::read(const std::function<Result<void>(std::string_view)>& sink) {
    std::string piece(k_piece, '\0');
    for (;;) {
        const la_ssize_t got = archive_read_data(m_archive, piece.data(), piece.size());
        if (got == 0) return {};
        if (got < 0) return error("is damaged");
        EXO_CHECK(sink({piece.data(), static_cast<std::size_t>(got)}));
    }
}

} // namespace exo
