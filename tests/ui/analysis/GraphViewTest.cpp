// The layout of graphs, and the picture: what is drawn where, pointer, keys, words, and that no graph holds
// the window up.
#include "ui/analysis/graph/GraphView.h"
#include "ui/analysis/graph/GraphLegend.h"
#include "ui/theme/Theme.h"

#include <QAccessible>
#include <QApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPen>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>
#include <QWheelEvent>

#include <random>
#include <set>

namespace exo::ui {

namespace {

api::AnalysisGraphNode node(const char* name, int depth, int cycle = 0) {
    return {std::string("src/") + name + ".c", name, 10, depth, 0, 0, cycle, false};
}

// a and b call work, which calls c; c calls a again.
api::AnalysisGraph example() {
    api::AnalysisGraph graph;
    graph.kind = "call";
    graph.nodes = {node("work", 0, 1), node("a", -1, 1), node("b", -1), node("c", 1, 1)};
    graph.nodes[0].moreIn = 243;
    graph.edges = {
        {1, 0, 5, 1, "exact"}, {2, 0, 6, 2, "name-only"}, {0, 3, 7, 1, "import"}, {3, 1, 8, 1, "same-file"}};
    graph.cycles = {3};
    return graph;
}

GraphShape shapeOf(int nodes, const std::vector<std::pair<int, int>>& edges) {
    GraphShape shape;
    shape.nodes.assign(static_cast<std::size_t>(nodes), {QSizeF(100, 40), 0});
    for (const auto& [from, to] : edges) {
        shape.edges.push_back({from, to});
    }
    return shape;
}

bool overlap(const GraphPlaces& places) {
    for (std::size_t i = 0; i < places.nodes.size(); ++i) {
        for (std::size_t k = i + 1; k < places.nodes.size(); ++k) {
            if (places.nodes[i].intersects(places.nodes[k])) return true;
        }
    }
    return false;
}

bool crosses(const GraphPlaces& places, std::size_t a, std::size_t b) {
    const auto& first = places.edges[a];
    const auto& second = places.edges[b];
    const bool above = first.front().y() < second.front().y();
    return above != (first.back().y() < second.back().y());
}

} // namespace

class GraphViewTest : public QObject {
    Q_OBJECT
    ThemeController m_theme;
    std::unique_ptr<GraphView> m_view;

    void show(api::AnalysisGraph graph) {
        m_view = std::make_unique<GraphView>(&m_theme);
        m_view->resize(900, 500);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_view->setGraph(std::move(graph));
    }
    void press(int item) {
        QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, m_view->itemRect(item).center().toPoint());
    }
    void key(int key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(m_view.get(), static_cast<Qt::Key>(key), modifiers);
    }

  private slots:
    void cleanup() { m_view.reset(); }

    void edgesLeadToTheRightAndBoxesStandApart() {
        const auto places = layoutGraph(shapeOf(7, {{0, 1}, {0, 2}, {1, 3}, {2, 3}, {3, 4}, {0, 4}, {5, 4}}));
        QCOMPARE(places.layers, (std::vector<int>{0, 1, 1, 2, 3, 2, 0}));
        QVERIFY(!overlap(places));
        for (const auto& line : places.edges) {
            QVERIFY(line.front().x() < line.back().x());
        }
        // The long edge passes beside the boxes, not through them.
        for (const QPointF& point : places.edges[5]) {
            for (std::size_t i = 1; i < 4; ++i) {
                QVERIFY(!places.nodes[i].contains(point));
            }
        }
    }

    void crossingsAreTakenOut() {
        // Given in the order that crosses everything.
        const auto places = layoutGraph(shapeOf(8, {{0, 7}, {1, 6}, {2, 5}, {3, 4}}));
        for (std::size_t a = 0; a < 4; ++a) {
            for (std::size_t b = a + 1; b < 4; ++b) {
                QVERIFY(!crosses(places, a, b));
            }
        }
    }

    void cyclesHaveLayersToo() {
        const auto places = layoutGraph(shapeOf(4, {{0, 1}, {1, 2}, {2, 0}, {2, 2}, {2, 3}}));
        QCOMPARE(places.layers, (std::vector<int>{0, 1, 2, 3}));
        QVERIFY(places.edges[2].front().x() > places.edges[2].back().x()); // the way back
        QVERIFY(places.edges[3].empty());                                  // itself
        QVERIFY(layoutGraph({}).nodes.empty());
    }

    void boxesOfAnySizeAndAnyGraphStandApart() {
        std::mt19937 random(7);
        for (int round = 0; round < 60; ++round) {
            GraphShape shape;
            shape.layered = round % 2 == 0;
            const int count = 2 + static_cast<int>(random() % 40);
            for (int i = 0; i < count; ++i) {
                shape.nodes.push_back(
                    {QSizeF(20 + random() % 200, 10 + random() % 60), static_cast<int>(random() % 7) - 3});
            }
            for (int i = 0; i < count * 2; ++i) {
                shape.edges.push_back({static_cast<int>(random() % static_cast<unsigned>(count)),
                                       static_cast<int>(random() % static_cast<unsigned>(count))});
            }
            const auto places = layoutGraph(shape);
            QVERIFY(!overlap(places));
            QCOMPARE(places.edges.size(), shape.edges.size());
            for (const QRectF& box : places.nodes) {
                QVERIFY(places.bounds.adjusted(-1, -1, 1, 1).contains(box));
            }
        }
    }

    void callersStandLeftAndCalleesRight() {
        show(example());
        QVERIFY(m_view->itemRect(1).right() < m_view->itemRect(0).left());
        QVERIFY(m_view->itemRect(2).right() < m_view->itemRect(0).left());
        QVERIFY(m_view->itemRect(3).left() > m_view->itemRect(0).right());
        QCOMPARE(m_view->items().size(), std::size_t(5));
        QVERIFY(m_view->items()[4].isGroup());
        QCOMPARE(m_view->items()[4].title, QStringLiteral("+243 more"));
        QVERIFY(m_view->itemRect(4).right() < m_view->itemRect(0).left());
    }

    void wordsTellWhatTheColoursDo() {
        const api::AnalysisGraph graph = example();
        QCOMPARE(graphSummary(graph), QStringLiteral("callers: 2 of 245 · callees: 1 · 1 cycle: work, a, c"));
        show(graph);
        QCOMPARE(m_view->items()[1].caption, QStringLiteral("a.c:10 · cycle"));
        QCOMPARE(m_view->items()[1].spoken,
                 QStringLiteral("a, src/a.c:10, calls the focus, in cycle 1 of 3 members"));
        QCOMPARE(m_view->items()[4].spoken, QStringLiteral("243 more callers of work, opens as a list"));
        QVERIFY(closesCycle(graph, graph.edges[0]));
        QVERIFY(!closesCycle(graph, graph.edges[1]));
        GraphLegend legend(&m_theme);
        QCOMPARE(legend.accessibleName(),
                 QStringLiteral("What the lines mean: exact, same file, by import, by name only, cycle"));
        QVERIFY(certaintyPen(Certainty::Exact, Qt::black) != certaintyPen(Certainty::SameFile, Qt::black));
        QVERIFY(certaintyPen(Certainty::Import, Qt::black) != certaintyPen(Certainty::NameOnly, Qt::black));
        QCOMPARE(certaintyOf("anything"), Certainty::NameOnly);
    }

    void aPressChoosesAndASecondFocuses() {
        show(example());
        QSignalSpy chosen(m_view.get(), &GraphView::chosen), focus(m_view.get(), &GraphView::focusWanted),
            group(m_view.get(), &GraphView::groupOpened);
        press(1);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen[0][0].toInt(), 1);
        QCOMPARE(m_view->current(), 1);
        QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, m_view->itemRect(3).center().toPoint());
        QCOMPARE(focus.count(), 1);
        QCOMPARE(focus[0][0].toInt(), 3);
        press(4);
        QCOMPARE(group.count(), 1);
        QCOMPARE(chosen.count(), 1); // a group is no place to go to
        QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, QPoint(2, 2));
        QCOMPARE(m_view->current(), -1);
    }

    void aLineTellsWhatItIsAndLeadsToItsFirstCall() {
        show(example());
        QSignalSpy edge(m_view.get(), &GraphView::edgeChosen), chosen(m_view.get(), &GraphView::chosen);
        const QPointF middle = m_view->edgeMiddle(1);
        QCOMPARE(m_view->edgeAt(middle), 1);
        QCOMPARE(m_view->edgeAt(m_view->itemRect(0).center()), -1); // a box lies above
        QCOMPARE(m_view->edgeAt(QPointF(2, 2)), -1);
        const auto point = [&](const QPointF& at) {
            QHelpEvent help(QEvent::ToolTip, at.toPoint(), m_view->mapToGlobal(at.toPoint()));
            QApplication::sendEvent(m_view.get(), &help);
            return QToolTip::text();
        };
        QCOMPARE(point(middle), QStringLiteral("b → work<br>calls: 2 · the first in line 6 · by name only"));
        QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, middle.toPoint());
        QCOMPARE(edge.count(), 1);
        QCOMPARE(edge[0][0].toInt(), 1);
        QCOMPARE(chosen.count(), 0);
        m_view->zoom(2);
        QCOMPARE(m_view->edgeAt(m_view->edgeMiddle(2)), 2);
    }

    void draggingMovesAndChoosesNothing() {
        show(example());
        QSignalSpy chosen(m_view.get(), &GraphView::chosen);
        const QPointF before = m_view->itemRect(0).center();
        QTest::mousePress(m_view.get(), Qt::LeftButton, {}, before.toPoint());
        QMouseEvent move(QEvent::MouseMove, before + QPointF(80, 30), before + QPointF(80, 30), Qt::NoButton,
                         Qt::LeftButton, {});
        QApplication::sendEvent(m_view.get(), &move);
        QTest::mouseRelease(m_view.get(), Qt::LeftButton, {}, (before + QPointF(80, 30)).toPoint());
        QCOMPARE(chosen.count(), 0);
        QVERIFY(m_view->itemRect(0).center().x() > before.x() + 60);
    }

    void theWheelEnlargesWhereThePointerIs() {
        show(example());
        const QPointF at = m_view->itemRect(0).center();
        QWheelEvent wheel(at, m_view->mapToGlobal(at), {}, {0, 120}, Qt::NoButton, {}, Qt::NoScrollPhase,
                          false);
        const qreal before = m_view->scale();
        QApplication::sendEvent(m_view.get(), &wheel);
        QVERIFY(m_view->scale() > before * 1.1);
        QVERIFY((m_view->itemRect(0).center() - at).manhattanLength() < 2);
        for (int i = 0; i < 100; ++i) {
            QApplication::sendEvent(m_view.get(), &wheel);
        }
        QVERIFY(m_view->scale() <= 3);
        key(Qt::Key_0);
        QVERIFY(m_view->rect().contains(m_view->itemRect(3).toRect()));
        for (int i = 0; i < 100; ++i) {
            key(Qt::Key_Right, Qt::ControlModifier); // it does not leave the window
        }
        QVERIFY(m_view->itemRect(3).right() > 0);
    }

    void theKeyboardReachesEverything() {
        show(example());
        m_view->setFocus();
        QSignalSpy chosen(m_view.get(), &GraphView::chosen), focus(m_view.get(), &GraphView::focusWanted),
            group(m_view.get(), &GraphView::groupOpened), back(m_view.get(), &GraphView::backWanted),
            forward(m_view.get(), &GraphView::forwardWanted);
        QCOMPARE(m_view->current(), 0);
        key(Qt::Key_Right);
        QCOMPARE(m_view->current(), 3);
        key(Qt::Key_Return);
        QCOMPARE(chosen[0][0].toInt(), 3);
        key(Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(focus[0][0].toInt(), 3);
        key(Qt::Key_Left);
        key(Qt::Key_Left);
        std::set<int> reached{m_view->current()};
        for (const int step : {Qt::Key_Up, Qt::Key_Up, Qt::Key_Down, Qt::Key_Down, Qt::Key_Down}) {
            key(step);
            reached.insert(m_view->current());
            if (m_view->current() == 4) key(Qt::Key_Space);
        }
        QCOMPARE(reached, (std::set<int>{1, 2, 4}));
        QVERIFY(group.count() >= 1);
        key(Qt::Key_Left, Qt::AltModifier);
        key(Qt::Key_Backspace);
        QCOMPARE(back.count(), 2);
        key(Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(forward.count(), 1);
    }

    void screenReadersSeeTheBoxes() {
        show(example());
        QAccessibleInterface* list = QAccessible::queryAccessibleInterface(m_view.get());
        QVERIFY(list);
        QCOMPARE(list->role(), QAccessible::List);
        QCOMPARE(list->childCount(), 5);
        QCOMPARE(list->child(3)->text(QAccessible::Name),
                 QStringLiteral("c, src/c.c:10, called by the focus, in cycle 1 of 3 members"));
        m_view->setCurrent(2);
        QVERIFY(list->child(2)->state().selected);
        QVERIFY(!list->child(1)->state().selected);
        QCOMPARE(list->indexOfChild(list->child(2)), 2);
        m_view->setGraph({});
        QCOMPARE(list->childCount(), 0);
    }

    // Names come from files: none may break a line, turn the writing around, or make a box as wide as a
    // street.
    void hostileNamesAreHarmless() {
        api::AnalysisGraph graph = example();
        graph.nodes[1].name = "a\u202Eb\nc\x01";
        graph.nodes[1].name.push_back('\0');
        graph.nodes[1].name.append(200'000, 'w');
        graph.nodes[2].path.assign(5000, '/');
        graph.nodes[2].path.append("\xff\xfe");
        graph.nodes[3].name = "<b>bold</b>";
        show(graph);
        for (const GraphItem& item : m_view->items()) {
            for (const QString& text : {item.title, item.caption, item.spoken}) {
                QVERIFY(text.size() < 1500);
                QVERIFY(!text.contains(u'\n') && !text.contains(QChar(0x202E)) && !text.contains(QChar(1)));
            }
        }
        for (const api::AnalysisGraphEdge& edge : graph.edges) {
            const QString text = graphEdgeText(graph, edge);
            QVERIFY(text.size() < 1500 && text.count(u'\n') == 1 && !text.contains(QChar(0x202E)));
        }
        for (int i = 0; i < 4; ++i) {
            QVERIFY(m_view->itemRect(i).width() <= 230);
        }
        QVERIFY(m_view->items()[3].title.contains(u'<')); // as text
        m_view->grab();
    }

    void tenThousandBoxesDoNotHoldTheWindowUp() {
        api::AnalysisGraph graph;
        graph.kind = "call";
        std::mt19937 random(3);
        for (int i = 0; i < 10'000; ++i) {
            graph.nodes.push_back(node("f", static_cast<int>(random() % 7) - 3));
        }
        for (int i = 0; i < 50'000; ++i) {
            graph.edges.push_back(
                {static_cast<int>(random() % 10'000), static_cast<int>(random() % 10'000), 1, 1, "exact"});
        }
        show(example());
        m_view->setGraph(graph);
        QVERIFY(m_view->isLayingOut());                   // by another thread
        QCOMPARE(m_view->items().size(), std::size_t(5)); // what was there stays until then
        QVERIFY(!m_view->grab().isNull());
        QTRY_VERIFY_WITH_TIMEOUT(!m_view->isLayingOut(), 60'000);
        QCOMPARE(m_view->items().size(), std::size_t(10'000));
        m_view->fit();
        QVERIFY(!m_view->grab().isNull());
        // A newer graph is not waited for behind an old one, and the window may close while it is laid out.
        m_view->setGraph(graph);
        m_view->setGraph(example());
        QCOMPARE(m_view->items().size(), std::size_t(5));
        m_view->setGraph(graph);
        m_view.reset();
    }

    void aChangeOfThemeOrSizeKeepsWhatIsChosen() {
        show(example());
        m_view->setCurrent(2);
        m_theme.setFontPixels(18);
        m_theme.setMode(ThemeMode::Dark);
        QCOMPARE(m_view->current(), 2);
        m_theme.setFontPixels(14);
        m_theme.setMode(ThemeMode::Light);
        m_view->resize(500, 300);
        QCOMPARE(m_view->current(), 2);
    }
};

} // namespace exo::ui

QTEST_MAIN(exo::ui::GraphViewTest)
#include "GraphViewTest.moc"
