#include "ui/analysis/FileTree.h"

#include <algorithm>

namespace exo::ui {

int FileTree::folderOf(const QString& path) {
    if (path.isEmpty()) return k_root;
    if (const auto it = m_byPath.constFind(path); it != m_byPath.constEnd()) return *it;
    const qsizetype slash = path.lastIndexOf(u'/');
    const int parent = folderOf(slash < 0 ? QString() : path.left(slash));
    const int index = count();
    FileNode& made = m_nodes.emplace_back();
    made.name = path.mid(slash + 1);
    made.parent = parent;
    made.folder = true;
    m_nodes[static_cast<std::size_t>(parent)].children.push_back(index);
    m_byPath.insert(path, index);
    return index;
}

int FileTree::addFile(const QString& path) {
    const qsizetype slash = path.lastIndexOf(u'/');
    const int parent = folderOf(slash < 0 ? QString() : path.left(slash));
    const int index = count();
    FileNode& made = m_nodes.emplace_back();
    made.name = path.mid(slash + 1);
    made.parent = parent;
    made.files = 1;
    m_nodes[static_cast<std::size_t>(parent)].children.push_back(index);
    m_byPath.insert(path, index);
    return index;
}

FileTree FileTree::build(const AnalysisSource::Overview& overview) {
    FileTree tree;
    tree.m_nodes.reserve(overview.files.size() * 5 / 4 + 16);
    for (const api::AnalysisFileRow& row : overview.files) {
        FileNode& node =
            tree.m_nodes[static_cast<std::size_t>(tree.addFile(QString::fromStdString(row.path)))];
        node.lines = row.lines();
        node.code = row.code;
        node.bytes = row.bytes;
        node.complexity = row.complexity;
        node.cognitive = row.cognitive;
        node.errors = row.errors;
        node.warnings = row.warnings;
        node.notes = row.notes;
    }
    for (const api::AnalysisSkip& skip : overview.skipped) {
        const QString path = QString::fromStdString(skip.path);
        if (path.isEmpty() || path.startsWith(u'/') || tree.find(path) >= 0) continue;
        tree.m_nodes[static_cast<std::size_t>(tree.addFile(path))].skipped = skip.reason;
    }
    for (const api::AnalysisHotspot& hotspot : overview.hotspots) {
        const int index = tree.find(QString::fromStdString(hotspot.path));
        if (index >= 0) tree.m_nodes[static_cast<std::size_t>(index)].revisions = hotspot.revisions;
    }
    tree.sumUp();
    return tree;
}

void FileTree::sumUp() {
    // A child is made after its folder, so backwards every child is complete before it is added.
    for (std::size_t i = m_nodes.size() - 1; i > 0; --i) {
        const FileNode& node = m_nodes[i];
        FileNode& parent = m_nodes[static_cast<std::size_t>(node.parent)];
        parent.files += node.files;
        parent.lines += node.lines;
        parent.code += node.code;
        parent.bytes += node.bytes;
        parent.complexity += node.complexity;
        parent.errors += node.errors;
        parent.warnings += node.warnings;
        parent.notes += node.notes;
        parent.revisions += node.revisions;
        parent.cognitive = std::max(parent.cognitive, node.cognitive);
    }
    for (FileNode& node : m_nodes) {
        std::sort(node.children.begin(), node.children.end(), [this](int a, int b) {
            const FileNode &left = this->node(a), &right = this->node(b);
            if (left.folder != right.folder) return left.folder;
            const int order = left.name.compare(right.name, Qt::CaseInsensitive);
            return order != 0 ? order < 0 : left.name < right.name;
        });
    }
}

int FileTree::find(const QString& path) const {
    if (path.isEmpty()) return k_root;
    return m_byPath.value(path, -1);
}

QString FileTree::pathOf(int index) const {
    QString path = node(index).name;
    for (int at = node(index).parent; at > k_root; at = node(at).parent) {
        path.prepend(node(at).name + u'/');
    }
    return path;
}

int FileTree::resolve(const QString& path) const {
    if (path.isEmpty()) return -1;
    const int exact = find(path);
    if (exact >= 0) return node(exact).folder ? -1 : exact;
    const QString ending = u'/' + path;
    int only = -1;
    for (auto it = m_byPath.constBegin(); it != m_byPath.constEnd(); ++it) {
        if (node(*it).folder || !it.key().endsWith(ending)) continue;
        if (only >= 0) return -1;
        only = *it;
    }
    return only;
}

} // namespace exo::ui
