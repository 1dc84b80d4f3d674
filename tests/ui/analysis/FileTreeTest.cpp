// Tree and treemap of 20,000 files, and of small ones where every row can be told.
#include "ui/analysis/FileTreeModel.h"
#include "ui/analysis/InspectorRows.h"
#include "ui/analysis/TreemapView.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <numeric>

namespace exo::ui {

namespace {

api::AnalysisFileRow rowOf(const std::string& path, std::int64_t lines, int errors = 0, int cognitive = 0) {
    api::AnalysisFileRow row;
    row.path = path;
    row.code = lines;
    row.errors = errors;
    row.cognitive = cognitive;
    return row;
}

AnalysisSource::Overview small() {
    AnalysisSource::Overview overview;
    overview.files = {rowOf("README.md", 10), rowOf("src/a.c", 100, 2, 30), rowOf("src/net/b.c", 50, 1),
                      rowOf("tests/a.c", 40)};
    overview.skipped = {{"src/logo.png", "binary"}, {"src/a.c", "timeout"}, {"/etc/passwd", "outside-root"}};
    overview.hotspots = {{"src/a.c", 9, 3, 1.0, "Ann", 1.0, 1, {}}};
    return overview;
}

AnalysisSource::Overview large() {
    AnalysisSource::Overview overview;
    for (int i = 0; i < 20'000; ++i) {
        const std::string folder = "part" + std::to_string(i / 400) + "/unit" + std::to_string(i / 20);
        overview.files.push_back(
            rowOf(folder + "/file" + std::to_string(i) + ".c", i % 997 + 1, i % 5 == 0 ? 1 : 0, i % 90));
    }
    return overview;
}

QString shape(const QAbstractItemModel& model, const QModelIndex& parent = {}) {
    QStringList parts;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        const QString inside = shape(model, index);
        parts << index.data().toString() + (inside.isEmpty() ? QString() : u'(' + inside + u')');
    }
    return parts.join(u' ');
}

} // namespace

class FileTreeTest : public QObject {
    Q_OBJECT

  private slots:
    void foldersComeFirstAndAddUp() {
        const FileTree tree = FileTree::build(small());
        FileTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTree(std::make_shared<FileTree>(tree));
        QCOMPARE(shape(model), QStringLiteral("src(net(b.c) a.c logo.png) tests(a.c) README.md"));
        const FileNode& src = tree.node(tree.find(QStringLiteral("src")));
        QCOMPARE(src.lines, 150);
        QCOMPARE(src.errors, 3);
        QCOMPARE(src.files, 3);
        QCOMPARE(src.cognitive, 30);
        QCOMPARE(src.revisions, 9);
        const QModelIndex skipped = model.indexOf(QStringLiteral("src/logo.png"));
        QCOMPARE(skipped.data(FileTreeModel::SkippedRole).toString(), QStringLiteral("binary"));
        QCOMPARE(tree.find(QStringLiteral("/etc/passwd")), -1);
    }

    void aFilterLeavesFilesAndTheirFolders() {
        FileTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTree(std::make_shared<FileTree>(FileTree::build(small())));
        model.setFilter(QStringLiteral("A.C"));
        QCOMPARE(shape(model), QStringLiteral("src(a.c) tests(a.c)"));
        model.setFilter(QStringLiteral("src .c"));
        QCOMPARE(shape(model), QStringLiteral("src(net(b.c) a.c)"));
        QVERIFY(!model.indexOf(QStringLiteral("README.md")).isValid());
        model.setFilter(QStringLiteral("nothing"));
        QCOMPARE(model.rowCount(), 0);
        model.setFilter({});
        QCOMPARE(model.rowCount(), 3);
    }

    void aCitedPlaceIsFoundByItsEnd() {
        const FileTree tree = FileTree::build(small());
        QCOMPARE(tree.pathOf(tree.resolve(QStringLiteral("b.c"))), QStringLiteral("src/net/b.c"));
        QCOMPARE(tree.pathOf(tree.resolve(QStringLiteral("src/a.c"))), QStringLiteral("src/a.c"));
        QCOMPARE(tree.resolve(QStringLiteral("a.c")), -1); // two of them
        QCOMPARE(tree.resolve(QStringLiteral("src")), -1);
        QCOMPARE(tree.resolve(QString()), -1);
    }

    void twentyThousandFilesAreThereAtOnce() {
        const AnalysisSource::Overview overview = large();
        QElapsedTimer timer;
        timer.start();
        FileTreeModel model;
        model.setTree(std::make_shared<FileTree>(FileTree::build(overview)));
        QCOMPARE(model.rowCount(), 50);
        QCOMPARE(model.shownFiles(), 20'000);
        const qint64 built = timer.restart();
        model.setFilter(QStringLiteral("file1999"));
        QCOMPARE(model.shownFiles(), 11);
        const qint64 filtered = timer.restart();
        ThemeController theme;
        TreemapView map(&theme);
        map.resize(1000, 700);
        map.setTree(std::make_shared<FileTree>(FileTree::build(overview)));
        QVERIFY(map.tiles().size() > 2'000);
        map.grab();
        const qint64 drawn = timer.elapsed();
        qInfo("20,000 files: tree %lld ms, filter %lld ms, treemap %lld ms", built, filtered, drawn);
        QVERIFY2(built < 3000 && filtered < 3000 && drawn < 5000, "far from smooth");
    }

    void rectanglesFillTheAreaByTheirSizes() {
        const std::vector<qreal> sizes{600, 300, 150, 100, 50, 30, 20, 1};
        const QRectF area(10, 20, 300, 200);
        const auto rects = squarify(sizes, area);
        const qreal sum = std::accumulate(sizes.begin(), sizes.end(), 0.0);
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            const qreal share = rects[i].width() * rects[i].height() / (area.width() * area.height());
            QVERIFY(std::abs(share - sizes[i] / sum) < 1e-6);
            QVERIFY(area.adjusted(-0.01, -0.01, 0.01, 0.01).contains(rects[i]));
            for (std::size_t j = 0; j < i; ++j) {
                const QRectF shared = rects[i].intersected(rects[j]);
                QVERIFY(shared.width() * shared.height() < 1e-6);
            }
        }
        QVERIFY(rects[0].width() / rects[0].height() < 3 && rects[0].height() / rects[0].width() < 3);
        QVERIFY(squarify({}, area).empty());
    }

    void theTreemapOpensFilesAndFolders() {
        ThemeController theme;
        TreemapView map(&theme);
        map.resize(600, 400);
        map.setTree(std::make_shared<FileTree>(FileTree::build(small())));
        QSignalSpy chosen(&map, &TreemapView::fileChosen), entered(&map, &TreemapView::entered);
        const auto clickOn = [&](const QString& name, bool heading) {
            const FileTree tree = FileTree::build(small());
            for (const TreemapTile& tile : map.tiles()) {
                if (tree.node(tile.node).name != name || tile.folder != heading) continue;
                QTest::mouseClick(
                    &map, Qt::LeftButton, {},
                    (heading ? tile.rect.topLeft() + QPointF(20, 6) : tile.rect.center()).toPoint());
                return;
            }
            QFAIL("no such tile");
        };
        clickOn(QStringLiteral("b.c"), false);
        QCOMPARE(chosen.takeFirst().first().toString(), QStringLiteral("src/net/b.c"));
        clickOn(QStringLiteral("src"), true);
        QCOMPARE(map.folder(), QStringLiteral("src"));
        QTest::keyClick(&map, Qt::Key_Right);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(chosen.takeFirst().first().toString(), QStringLiteral("src/a.c"));
        QTest::keyClick(&map, Qt::Key_Backspace);
        QCOMPARE(map.folder(), QString());
        QCOMPARE(entered.count(), 2);
    }

    void coloursTellComplexityOrChanges() {
        ThemeController theme;
        TreemapView map(&theme);
        map.resize(600, 400);
        const auto tree = std::make_shared<FileTree>(FileTree::build(small()));
        map.setTree(tree);
        const int hot = tree->find(QStringLiteral("src/a.c")), calm = tree->find(QStringLiteral("tests/a.c"));
        QVERIFY(map.colourOf(hot) != map.colourOf(calm));
        map.setColour(TreemapView::Colour::Churn);
        QCOMPARE(map.colourOf(calm), map.colourOf(tree->find(QStringLiteral("README.md"))));
        QVERIFY(map.colourOf(hot).red() > map.colourOf(calm).red());
    }

    void duplicatesAreGroupedByWhatIsEqual() {
        api::AnalysisDuplicate one, other;
        one.places = {{"a.c", 1, 9}, {"b.c", 3, 11}};
        other.places = {{"b.c", 20, 30}, {"c.c", 1, 11}};
        QCOMPARE(duplicateRows({one, other}, QStringLiteral("a.c")).size(), std::size_t(2));
        QCOMPARE(duplicateRows({one, other}, QStringLiteral("b.c")).size(), std::size_t(4));
        QCOMPARE(duplicateRows({one, other}, QString()).size(), std::size_t(4));
    }
};

} // namespace exo::ui

QTEST_MAIN(exo::ui::FileTreeTest)
#include "FileTreeTest.moc"
