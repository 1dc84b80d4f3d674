#pragma once
// A plain tar of regular files, by libarchive. The reader takes nothing else: links, devices, folders and
// sparse files are refused. Not thread-safe. Errors: StorageFull and IoError when writing, StorageCorrupt for
// an archive that is damaged or not of this form.

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/storage/FileOps.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct archive;

namespace exo {

class TarWriter {
  public:
    // Makes the file (mode 0600); IoError when it exists.
    static Result<TarWriter> create(const std::filesystem::path& file, WallTime time);
    TarWriter(TarWriter&&) noexcept;
    TarWriter& operator=(TarWriter&&) noexcept;
    ~TarWriter();

    Result<void> addText(const std::string& name, std::string_view bytes);
    // Exactly `size` bytes of it.
    Result<void> addFile(const std::string& name, const std::filesystem::path& file, std::uint64_t size);
    // Writes the end and fsyncs. Without it the file is not complete.
    Result<void> finish();

  private:
    TarWriter(std::filesystem::path file, Descriptor fd, archive* handle, WallTime time);
    Result<void> header(const std::string& name, std::uint64_t size);
    Result<void> data(std::string_view bytes);
    Error error(std::string_view doing) const;

    std::filesystem::path m_file;
    Descriptor m_fd;
    archive* m_archive = nullptr;
    WallTime m_time;
};

class TarReader {
  public:
    struct Entry {
        std::string name;
        std::uint64_t size = 0;
    };
    static Result<TarReader> open(const std::filesystem::path& file);
    TarReader(TarReader&&) noexcept;
    TarReader& operator=(TarReader&&) noexcept;
    ~TarReader();

    // nullopt at the end.
    Result<std::optional<Entry>> next();
    // All bytes of the entry next() gave, in pieces.
    Result<void> read(const std::function<Result<void>(std::string_view)>& sink);

  private:
    TarReader(std::filesystem::path file, Descriptor fd, archive* handle);
    Error error(std::string_view doing) const;

    std::filesystem::path m_file;
    Descriptor m_fd;
    archive* m_archive = nullptr;
};

} // namespace exo
