// The small parts of streaming: events out of bytes, deltas joined.
#include "ui/backend/SseReader.h"
#include "ui/backend/TurnCoalescer.h"

#include <QTest>

using namespace exo;
using namespace exo::ui;

namespace {

using Events = QList<QPair<QByteArray, QByteArray>>;

Events readIn(const QList<QByteArray>& pieces) {
    SseReader reader;
    Events events;
    for (const QByteArray& piece : pieces) {
        reader.feed(piece, [&](const QByteArray& name, const QByteArray& data) {
            events.append({name, data});
        });
    }
    return events;
}

struct Heard {
    QStringList words; // "text:…", "reasoning:…", "done"
    explicit Heard(TurnCoalescer& coalescer) {
        QObject::connect(&coalescer, &TurnCoalescer::turnEvent, &coalescer,
                         [this](TurnId, const QString&, const api::TurnEvent& event) {
                             if (const auto* d = std::get_if<api::TurnDelta>(&event))
                                 words << QStringLiteral("text:") + QString::fromStdString(d->text);
                             if (const auto* d = std::get_if<api::TurnReasoning>(&event))
                                 words << QStringLiteral("reasoning:") + QString::fromStdString(d->text);
                             if (std::holds_alternative<api::TurnStarted>(event))
                                 words << QStringLiteral("started");
                             if (std::holds_alternative<api::TurnDone>(event))
                                 words << QStringLiteral("done");
                         });
    }
};

} // namespace

class StreamTest : public QObject {
    Q_OBJECT
  private slots:
    void everySplitGivesTheSameEvents();
    void lineEndsAndOddFields();
    void anEndlessEventIsRefused();
    void theFirstDeltaIsImmediateAndLaterOnesAreJoined();
    void orderIsKeptAcrossKinds();
    void nothingComesAfterTheEndOrForUnknownTurns();
    void noTimerRunsWhenNothingStreams();
};

void StreamTest::everySplitGivesTheSameEvents() {
    const QByteArray bytes = "\xEF\xBB\xBF"
                             "event: a\r\ndata: 一\r\ndata: 二\r\n\r\n: note\n\ndata:x\rdata\r\revent: "
                             "b\ndata: {}\n\nevent: none\n\n";
    const Events whole = readIn({bytes});
    QCOMPARE(whole, (Events{{"a", "一\n二"}, {"message", "x\n"}, {"b", "{}"}}));
    for (qsizetype cut = 0; cut <= bytes.size(); ++cut) {
        QCOMPARE(readIn({bytes.left(cut), bytes.mid(cut)}), whole);
    }
    QList<QByteArray> single;
    for (const char byte : bytes) {
        single << QByteArray(1, byte);
    }
    QCOMPARE(readIn(single), whole);
}

void StreamTest::lineEndsAndOddFields() {
    QCOMPARE(readIn({"id: 7\nretry: 10\nunknown\ndata: v\n\n"}), (Events{{"message", "v"}}));
    QCOMPARE(readIn({"data: unfinished\n"}), Events{});
    QCOMPARE(readIn({"data:  two spaces\n\n"}), (Events{{"message", " two spaces"}}));
}

void StreamTest::anEndlessEventIsRefused() {
    SseReader reader;
    const QByteArray block(1 << 20, 'x');
    bool accepted = true;
    int fed = 0;
    while (accepted && fed < 100) {
        accepted = reader.feed(block, [](const QByteArray&, const QByteArray&) {});
        ++fed;
    }
    QVERIFY(!accepted);
    QVERIFY(fed <= 34);
}

void StreamTest::theFirstDeltaIsImmediateAndLaterOnesAreJoined() {
    TurnCoalescer coalescer;
    const Heard heard(coalescer);
    coalescer.open(1, QStringLiteral("s"));
    coalescer.add(1, QStringLiteral("s"), api::TurnDelta{"a"});
    QCOMPARE(heard.words, QStringList{QStringLiteral("text:a")});
    for (const char* piece : {"b", "c", "d"}) {
        coalescer.add(1, QStringLiteral("s"), api::TurnDelta{piece});
    }
    QCOMPARE(heard.words.size(), 1);
    QTRY_COMPARE(heard.words, (QStringList{QStringLiteral("text:a"), QStringLiteral("text:bcd")}));
}

void StreamTest::orderIsKeptAcrossKinds() {
    TurnCoalescer coalescer;
    const Heard heard(coalescer);
    coalescer.open(1, QStringLiteral("s"));
    coalescer.add(1, QStringLiteral("s"), api::TurnStarted{});
    for (const char* piece : {"x", "y"}) {
        coalescer.add(1, QStringLiteral("s"), api::TurnReasoning{piece});
    }
    coalescer.add(1, QStringLiteral("s"), api::TurnDelta{"answer"});
    coalescer.add(1, QStringLiteral("s"), api::TurnDone{});
    QCOMPARE(heard.words, (QStringList{QStringLiteral("started"), QStringLiteral("reasoning:x"),
                                       QStringLiteral("reasoning:y"), QStringLiteral("text:answer"),
                                       QStringLiteral("done")}));
}

void StreamTest::nothingComesAfterTheEndOrForUnknownTurns() {
    TurnCoalescer coalescer;
    const Heard heard(coalescer);
    coalescer.add(9, QStringLiteral("s"), api::TurnDelta{"nobody"});
    coalescer.open(1, QStringLiteral("s"));
    coalescer.add(1, QStringLiteral("s"), api::TurnDone{});
    coalescer.add(1, QStringLiteral("s"), api::TurnDelta{"late"});
    coalescer.add(1, QStringLiteral("s"), api::TurnDone{});
    QCOMPARE(heard.words, QStringList{QStringLiteral("done")});
}

void StreamTest::noTimerRunsWhenNothingStreams() {
    TurnCoalescer coalescer;
    const auto* timer = coalescer.findChild<QTimer*>();
    QVERIFY(timer && !timer->isActive());
    coalescer.open(1, QStringLiteral("s"));
    coalescer.add(1, QStringLiteral("s"), api::TurnDelta{"a"});
    QVERIFY(timer->isActive());
    QTRY_VERIFY(!timer->isActive()); // the model thinks: nothing to join
    coalescer.add(1, QStringLiteral("s"), api::TurnDelta{"b"});
    coalescer.add(1, QStringLiteral("s"), api::TurnDone{});
    QVERIFY(!timer->isActive());
}

QTEST_GUILESS_MAIN(StreamTest)
#include "StreamTest.moc"
