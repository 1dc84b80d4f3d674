#pragma once
// The files of an analysis as a tree, with what they and their folders add up to. Built once for a result;
// plain value, any thread.

#include "ui/backend/AnalysisSource.h"

#include <QHash>
#include <QString>

#include <vector>

namespace exo::ui {

struct FileNode {
    QString name;
    int parent = -1;
    std::vector<int> children; // folders first, each by name
    bool folder = false;
    int files = 0; // in it
    qint64 lines = 0, code = 0, complexity = 0, bytes = 0;
    int errors = 0, warnings = 0, notes = 0;
    int cognitive = 0; // of the worst function
    qint64 revisions = 0;
    std::string skipped; // why it was not analysed
    int findings() const { return errors + warnings + notes; }
};

class FileTree {
  public:
    FileTree() { m_nodes.emplace_back().folder = true; }
    static FileTree build(const AnalysisSource::Overview& overview);

    static constexpr int k_root = 0;
    const FileNode& node(int index) const { return m_nodes[static_cast<std::size_t>(index)]; }
    int count() const { return static_cast<int>(m_nodes.size()); }
    int find(const QString& path) const; // -1: not there
    QString pathOf(int index) const;
    // The file a citation means: the path itself, else the only file whose path ends with it; -1.
    int resolve(const QString& path) const;

  private:
    int folderOf(const QString& path);
    int addFile(const QString& path);
    void sumUp();

    std::vector<FileNode> m_nodes;
    QHash<QString, int> m_byPath;
};

} // namespace exo::ui
