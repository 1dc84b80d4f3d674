#pragma once
// The tree of files for a view: nothing is made for a row until it is asked for. A filter leaves the files
// whose path has the words, and their folders. GUI thread.

#include "ui/analysis/FileTree.h"

#include <QAbstractItemModel>

#include <memory>

namespace exo::ui {

class FileTreeModel final : public QAbstractItemModel {
    Q_OBJECT
  public:
    enum Role {
        PathRole = Qt::UserRole,
        FolderRole,
        FilesRole,    // in a folder
        FindingsRole, // errors and warnings, notes too when there is nothing worse
        SeverityRole, // of the worst finding: 0 none, 1 note, 2 warning, 3 error
        CognitiveRole,
        SkippedRole,
    };
    static constexpr int k_complex = 25; // cognitive complexity from which a file is marked

    using QAbstractItemModel::QAbstractItemModel;

    void setTree(std::shared_ptr<const FileTree> tree);
    void setFilter(const QString& words);
    bool isFiltered() const { return !m_words.isEmpty(); }
    int shownFiles() const { return m_shownFiles; }
    QModelIndex indexOf(const QString& path) const;
    void retranslate();

    QModelIndex index(int row, int column, const QModelIndex& parent) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex&) const override { return 1; }
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    void rebuild();
    const std::vector<int>& childrenOf(int node) const;
    int nodeOf(const QModelIndex& index) const;
    QString toolTip(int node) const;
    QString spoken(int node) const;

    std::shared_ptr<const FileTree> m_tree = std::make_shared<FileTree>();
    QString m_words;
    std::vector<std::vector<int>> m_filtered; // by node; empty without a filter
    std::vector<int> m_rows;                  // of each node in its folder, -1 when filtered out
    int m_shownFiles = 0;
};

} // namespace exo::ui
