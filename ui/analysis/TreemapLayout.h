#pragma once
// Squarified treemap (Bruls, Huizing, van Wijk 2000) of a tree of files: area by lines, folders as frames
// with a heading where there is room. Pure function; any thread.

#include "ui/analysis/FileTree.h"

#include <QRectF>

#include <vector>

namespace exo::ui {

struct TreemapTile {
    int node = 0;
    QRectF rect;
    bool folder = false; // a frame: its files lie in it, after it in the list
    bool whole = false;  // a folder too small to be opened, drawn as one tile
};

struct TreemapOptions {
    qreal heading = 18; // height of a folder's heading
    qreal smallest = 3; // side below which nothing is drawn apart
};

std::vector<TreemapTile> layoutTreemap(const FileTree& tree, int root, QRectF area,
                                       const TreemapOptions& options);
// The innermost tile at a point; -1.
int tileAt(const std::vector<TreemapTile>& tiles, QPointF point);

// Rectangles for sizes in descending order, none of them zero; they fill the area.
std::vector<QRectF> squarify(const std::vector<qreal>& sizes, QRectF area);

} // namespace exo::ui
