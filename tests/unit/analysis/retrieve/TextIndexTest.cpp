#include "core/analysis/retrieve/TextIndex.h"

#include "core/analysis/TextFile.h"
#include "core/analysis/retrieve/TextSearch.h"
#include "core/analysis/retrieve/Trigrams.h"
#include "core/base/Text.h"
#include "tests/support/AnalysedTree.h"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <random>

using namespace exo;
using namespace exo::analysis;
using exo::test::AnalysedTree;
using exo::test::Files;
using exo::test::writeText;

namespace {

namespace fs = std::filesystem;

TextIndex::Options plenty(fs::path folder = {}) {
    TextIndex::Options options;
    options.folder = std::move(folder);
    options.maxTime = std::chrono::minutes(10);
    return options;
}

std::shared_ptr<const TextIndex> indexOf(const AnalysedTree& tree, const fs::path& folder = {},
                                         const TextIndex* before = nullptr) {
    return TextIndex::make(tree.project->result(), tree.project->root(), before, plenty(folder));
}

std::vector<std::string> placesOf(const TextHits& hits) {
    std::vector<std::string> places;
    for (const TextHit& hit : hits.hits)
        places.push_back(hit.path + ":" + std::to_string(hit.line) + ":" + std::to_string(hit.column) + " " +
                         hit.text + " " + hit.hash);
    return places;
}

TextHits search(const AnalysedTree& tree, const TextQuery& query, const TextIndex* index) {
    return searchText(tree.project->result(), tree.project->root(), query, index).value();
}

TextQuery literal(std::string text) {
    TextQuery query;
    query.pattern = std::move(text);
    query.maxTime = std::chrono::minutes(10);
    return query;
}

// The sample projects of the tests, and texts in every encoding that is understood.
Files manyTexts() {
    Files files;
    const fs::path samples = fs::path(EXO_TEST_DATA) / "projects";
    for (const std::string& path : test::filesBelow(samples))
        files[path] = test::readText(samples / path);
    files["odd/long-s.txt"] = "maſt and fall, 300 \xE2\x84\xAA, STRASSE straße Σίσυφος\n";
    files["odd/utf16.txt"] = std::string("\xFF\xFEn\0e\0e\0d\0l\0e\0\n\0", 16);
    files["odd/gb.txt"] = "int \xB1\xE4\xC1\xBF; // \xD6\xD0\xCE\xC4\xB1\xE4\xC1\xBF\n";
    files["odd/latin1.c"] = "// caf\xE9 cr\xE8me\nint cafe;\n";
    files["odd/bom.py"] = "\xEF\xBB\xBFneedle = 1\n";
    files["odd/中文.md"] = "# 限流\n\n令牌桶算法按照时间补充令牌。\r\nＡＢＣ\n";
    files["odd/empty.txt"] = "";
    files["odd/two.txt"] = "zq";
    files["odd/one.txt"] = "~";
    return files;
}

class Patterns {
  public:
    explicit Patterns(const Files& files) {
        for (const auto& [path, bytes] : files)
            if (const auto text = decodeText(bytes); text && !text->empty()) m_texts.push_back(*text);
    }
    TextQuery next() {
        TextQuery query = literal({});
        query.letters = number(2) ? TextQuery::Case::Ignore : TextQuery::Case::Match;
        query.maxHits = number(4) == 0 ? 5 : 1'000'000;
        query.maxHitsOfFile = 1'000'000;
        const std::size_t kind = number(10);
        if (kind < 4) {
            query.pattern = piece();
            return query;
        }
        query.syntax = TextQuery::Syntax::Regex;
        const std::string a = quoted(), b = quoted();
        switch (kind) {
        case 4: query.pattern = a + "|" + b; break;
        case 5: query.pattern = a + ".*" + b; break;
        case 6: query.pattern = "(?i:" + a + ")[a-z_]+"; break;
        case 7: query.pattern = "^\\s*" + a + "?\\b"; break;
        case 8: query.pattern = "(" + a + "|" + b + "|[st]k.)" + quoted() + "{1,2}"; break;
        default: query.pattern = a + "\\W+(" + b + ")?$"; break;
        }
        return query;
    }

  private:
    std::size_t number(std::size_t below) { return m_random() % below; }
    // A few characters from somewhere, now and then with one changed, or with its case turned.
    std::string piece() {
        const std::string& text = m_texts[number(m_texts.size())];
        std::size_t start = number(text.size());
        while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80)
            --start;
        std::string out(utf8Prefix(std::string_view(text).substr(start), 1 + number(9)));
        if (out.empty()) out = text[start];
        if (!isValidUtf8(out)) out = "令";
        if (number(4) == 0) out[0] = static_cast<unsigned char>(out[0]) < 0x80 ? '~' : out[0];
        if (number(4) == 0)
            for (char& c : out)
                if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        return out;
    }
    std::string quoted() { return re2::RE2::QuoteMeta(piece()); }

    std::vector<std::string> m_texts;
    std::mt19937 m_random{7};
};

} // namespace

TEST_CASE("with the index and without, a search finds the same lines") {
    const Files files = manyTexts();
    const AnalysedTree tree(files);
    const auto index = indexOf(tree);
    REQUIRE(index->complete());
    Patterns patterns(files);
    std::size_t readWith = 0, readWithout = 0, found = 0;
    for (int i = 0; i < 3000; ++i) {
        const TextQuery query = patterns.next();
        if (!searchText(tree.project->result(), tree.project->root(), query).ok()) continue; // no expression
        const TextHits with = search(tree, query, index.get()), without = search(tree, query, nullptr);
        CAPTURE(query.pattern);
        REQUIRE(placesOf(with) == placesOf(without));
        REQUIRE(with.cut == without.cut);
        readWith += with.filesRead;
        readWithout += without.filesRead;
        found += with.hits.size();
    }
    CHECK(found > 10'000);
    CHECK(readWith * 3 < readWithout); // most of these patterns are short, or have alternatives that are
}

TEST_CASE("short and Chinese words, cases beyond ASCII, and other encodings are looked up as well") {
    const AnalysedTree tree(manyTexts());
    const auto index = indexOf(tree);
    const auto paths = [&](std::string pattern, TextQuery::Case letters) {
        TextQuery query = literal(std::move(pattern));
        query.letters = letters;
        const TextHits hits = search(tree, query, index.get());
        CHECK(hits.filesRead <= 3);
        std::vector<std::string> out;
        for (const TextHit& hit : hits.hits)
            out.push_back(hit.path);
        return out;
    };
    using Paths = std::vector<std::string>;
    constexpr auto k_match = TextQuery::Case::Match, k_ignore = TextQuery::Case::Ignore;
    CHECK(paths("桶", k_match) == Paths{"odd/中文.md"});
    CHECK(paths("中文变量", k_match) == Paths{"odd/gb.txt"});
    CHECK(paths("zq", k_match) == Paths{"odd/two.txt"}); // the last two bytes of its file
    CHECK(paths("MAST AND", k_ignore) == Paths{"odd/long-s.txt"});
    CHECK(paths("300 k,", k_ignore) == Paths{"odd/long-s.txt"});
    CHECK(paths("maſt", k_match) == Paths{"odd/long-s.txt"});
    CHECK(paths("Σίσυφος", k_match) == Paths{"odd/long-s.txt"});
    TextQuery greek = literal("ΣΊΣΥΦΟΣ"); // looked for in all files
    greek.letters = k_ignore;
    CHECK(search(tree, greek, index.get()).hits.size() == 1);
    CHECK(paths("caf\xEF\xBF\xBD cr", k_match) == Paths{"odd/latin1.c"});
    CHECK(paths("nowhere at all", k_match).empty());
}

TEST_CASE("an edit costs the edited file, what is kept is used by the next, and waste goes") {
    Files files;
    for (int i = 0; i < 40; ++i)
        files["f" + std::to_string(i) + ".txt"] = "text number " + std::to_string(i * 7919) + "\n";
    AnalysedTree tree(files);
    const fs::path folder = tree.home / "cache";
    auto index = indexOf(tree, folder);
    const auto kept = [&] { return std::distance(fs::directory_iterator(folder), fs::directory_iterator()); };
    CHECK(kept() == 1);
    const auto count = [&](std::string pattern) {
        const TextHits hits = search(tree, literal(std::move(pattern)), index.get());
        CHECK(hits.filesRead <= 1 + hits.hits.size());
        return hits.hits.size();
    };
    for (int round = 0; round < 30; ++round) {
        writeText(tree.root / "f3.txt", "edited " + std::to_string(round * 104729) + " of it\n");
        tree.again();
        index = indexOf(tree, folder, index.get());
        REQUIRE(index->complete());
        CHECK(count("edited " + std::to_string(round * 104729) + " of") == 1);
        CHECK(count("number " + std::to_string(3 * 7919) + "\n") == 0);
        CHECK(count("number " + std::to_string(7 * 7919) + "\n") == 1);
        CHECK(static_cast<std::size_t>(kept()) == index->segments());
        CHECK(index->segments() <= 6);
    }
    for (int i = 0; i < 40; ++i)
        fs::remove(tree.root / ("f" + std::to_string(i) + ".txt"));
    writeText(tree.root / "last.txt", "only this\n");
    tree.again();
    index = indexOf(tree, folder); // by another process: from the folder
    CHECK(count("only this") == 1);
    CHECK(index->segments() == 1);
    CHECK(kept() == 1);
}

TEST_CASE("a second start reads no file; what is damaged is made anew, a full disk is no error") {
    AnalysedTree tree(manyTexts());
    const fs::path folder = tree.home / "cache";
    const std::size_t bytes = indexOf(tree, folder)->bytes();
    TextIndex::Options none = plenty(folder);
    none.maxTime = std::chrono::milliseconds(-1); // no time to read any
    const auto& result = tree.project->result();
    const auto again = TextIndex::make(result, tree.project->root(), nullptr, none);
    CHECK(again->bytes() == bytes);
    CHECK(search(tree, literal("nowhere at all"), again.get()).filesRead == 0);
    for (const auto& entry : fs::directory_iterator(folder)) {
        std::string block = test::readText(entry.path());
        block[block.size() / 2] = static_cast<char>(block[block.size() / 2] ^ 1);
        writeText(entry.path(), block);
    }
    const auto afterDamage = TextIndex::make(result, tree.project->root(), nullptr, none);
    CHECK(afterDamage->segments() == 0);
    CHECK_FALSE(afterDamage->complete());
    CHECK(search(tree, literal("nowhere at all"), afterDamage.get()).filesRead > 20);
    CHECK(indexOf(tree, folder)->bytes() == bytes);
    writeText(tree.home / "no-folder", "");
    const auto held = indexOf(tree, tree.home / "no-folder");
    CHECK(held->complete());
    CHECK(search(tree, literal("nowhere at all"), held.get()).filesRead == 0);
}

TEST_CASE("a file that changed since the analysis is always looked at") {
    AnalysedTree tree(Files{{"a.c", "int one;\n"}, {"b.c", "int two;\n"}});
    writeText(tree.root / "b.c", "int three;\n");
    const auto index = indexOf(tree);
    CHECK(search(tree, literal("three"), index.get()).hits.size() == 1);
    writeText(tree.root / "b.c", "int four;\n"); // nobody knows what it is now
    CHECK(search(tree, literal("four"), index.get()).hits.size() == 1);
    CHECK(search(tree, literal("one"), index.get()).hits.size() == 1);
}

TEST_CASE("a hit has the hash of the file as it was read; one that nobody wrote to is not hashed again") {
    AnalysedTree tree(Files{{"a.c", "int needle;\n"}, {"b.c", "int other;\n"}});
    const auto index = indexOf(tree);
    const auto hash = [&](const TextIndex* with) {
        return search(tree, literal("needle"), with).hits.at(0).hash;
    };
    CHECK(hash(index.get()) == contentHash("int needle;\n"));
    CHECK(hash(index.get()) == tree.project->result().hashOf("a.c"));
    writeText(tree.root / "a.c", "int needle;\n"); // nobody has seen it as it is now
    std::string bytes;
    const auto version = tree.project->root().readInto(bytes, "a.c", 100);
    REQUIRE(version.ok());
    const std::int64_t later = version->stamp.changedNs + KnownHashes::k_settled;
    index->hashes().hashOf(*version, "what it remembers", later);
    CHECK(hash(index.get()) == contentHash("what it remembers"));
    CHECK(hash(nullptr) == contentHash("int needle;\n"));
    const auto next = indexOf(tree, {}, index.get());
    CHECK(hash(next.get()) == contentHash("what it remembers"));
    writeText(tree.root / "a.c", "int needle; // longer\n");
    CHECK(hash(next.get()) == contentHash("int needle; // longer\n"));
}

TEST_CASE("noise is not indexed, and found all the same") {
    std::mt19937 random(3);
    std::string noise;
    for (int i = 0; i < 400'000; ++i)
        noise += static_cast<char>(' ' + random() % 94);
    AnalysedTree tree(Files{{"noise.txt", noise + "needle in it\n"}, {"a.txt", "some text\n"}});
    const auto index = indexOf(tree);
    CHECK(index->bytes() < 10'000);
    CHECK(search(tree, literal("needle in it"), index.get()).hits.size() == 1);
    CHECK(search(tree, literal("some text"), index.get()).hits.size() == 1);
}

TEST_CASE("hostile segments are refused or give nothing, never more than they hold") {
    const AnalysedTree tree(Files{{"a.txt", "some text with words\n"}, {"b.txt", "others\n"}});
    TextSegmentWriter writer;
    TrigramSet trigrams;
    for (int i = 0; i < 20; ++i)
        writer.add(textIdOf(contentHash(std::to_string(i))), trigrams.of("text " + std::to_string(i * i)));
    const std::string good = writer.take();
    REQUIRE(TextSegment::hold(good));
    std::mt19937 random(5);
    for (int i = 0; i < 20'000; ++i) {
        std::string bad = good;
        for (std::size_t n = 1 + random() % 4; n > 0; --n)
            bad[20 + random() % (bad.size() - 20)] = static_cast<char>(random());
        if (random() % 4 == 0) bad.resize(random() % bad.size());
        TextSegment::seal(bad);
        const auto segment = TextSegment::hold(bad);
        if (!segment) continue;
        if (segment->texts() > 1000) continue; // needs that many ids
        TextBits texts(segment->texts(), true);
        segment->narrow(texts, "text 1");
        segment->narrow(texts, "ex");
        bool within = true;
        segment->forEach([&](std::uint32_t, std::uint32_t text) { within &= text < segment->texts(); });
        CHECK(within);
    }
}
