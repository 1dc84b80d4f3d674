#pragma once
// A SQLite VFS over the default one whose syncs can be made to fail, as those of a dying disk do.

#include <atomic>
#include <cstring>
#include <sqlite3.h>
#include <string>

namespace exo::test {

class FaultyVfs {
  public:
    std::atomic<bool> failSyncs{false};
    std::atomic<bool> failDatabaseSyncs{false}; // of the database file, not of its log
    std::atomic<int> syncs{0};

    FaultyVfs() {
        m_base = sqlite3_vfs_find(nullptr);
        m_vfs = *m_base;
        m_vfs.zName = "exo-faulty";
        m_vfs.pAppData = this;
        m_vfs.szOsFile = static_cast<int>(sizeof(File)) + m_base->szOsFile;
        m_vfs.xOpen = open;
        sqlite3_vfs_register(&m_vfs, 0);
    }
    FaultyVfs(const FaultyVfs&) = delete;
    FaultyVfs& operator=(const FaultyVfs&) = delete;
    ~FaultyVfs() { sqlite3_vfs_unregister(&m_vfs); }
    std::string name() const { return m_vfs.zName; }

  private:
    struct File {
        sqlite3_file base;
        FaultyVfs* owner;
        bool database;
    };
    static sqlite3_file* real(sqlite3_file* file) {
        return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
    }

    static int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
        auto* self = static_cast<FaultyVfs*>(vfs->pAppData);
        auto* mine = reinterpret_cast<File*>(file);
        mine->owner = self;
        mine->database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
        const int code = self->m_base->xOpen(self->m_base, name, real(file), flags, out);
        file->pMethods = real(file)->pMethods ? methods() : nullptr;
        return code;
    }

    static int sync(sqlite3_file* file, int flags) {
        auto* mine = reinterpret_cast<File*>(file);
        ++mine->owner->syncs;
        if (mine->owner->failSyncs || (mine->database && mine->owner->failDatabaseSyncs))
            return SQLITE_IOERR_FSYNC;
        return real(file)->pMethods->xSync(real(file), flags);
    }

    static const sqlite3_io_methods* methods() {
        static const sqlite3_io_methods table = [] {
            sqlite3_io_methods m{};
            m.iVersion = 2;
            m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
            m.xRead = [](sqlite3_file* f, void* p, int n, sqlite3_int64 o) {
                return real(f)->pMethods->xRead(real(f), p, n, o);
            };
            m.xWrite = [](sqlite3_file* f, const void* p, int n, sqlite3_int64 o) {
                return real(f)->pMethods->xWrite(real(f), p, n, o);
            };
            m.xTruncate = [](sqlite3_file* f, sqlite3_int64 n) {
                return real(f)->pMethods->xTruncate(real(f), n);
            };
            m.xSync = sync;
            m.xFileSize = [](sqlite3_file* f, sqlite3_int64* n) {
                return real(f)->pMethods->xFileSize(real(f), n);
            };
            m.xLock = [](sqlite3_file* f, int l) { return real(f)->pMethods->xLock(real(f), l); };
            m.xUnlock = [](sqlite3_file* f, int l) { return real(f)->pMethods->xUnlock(real(f), l); };
            m.xCheckReservedLock = [](sqlite3_file* f, int* r) {
                return real(f)->pMethods->xCheckReservedLock(real(f), r);
            };
            m.xFileControl = [](sqlite3_file* f, int op, void* p) {
                return real(f)->pMethods->xFileControl(real(f), op, p);
            };
            m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
            m.xDeviceCharacteristics = [](sqlite3_file* f) {
                return real(f)->pMethods->xDeviceCharacteristics(real(f));
            };
            m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** p) {
                return real(f)->pMethods->xShmMap(real(f), page, size, extend, p);
            };
            m.xShmLock = [](sqlite3_file* f, int o, int n, int flags) {
                return real(f)->pMethods->xShmLock(real(f), o, n, flags);
            };
            m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
            m.xShmUnmap = [](sqlite3_file* f, int del) { return real(f)->pMethods->xShmUnmap(real(f), del); };
            return m;
        }();
        return &table;
    }

    sqlite3_vfs* m_base;
    sqlite3_vfs m_vfs;
};

} // namespace exo::test
