#include "core/analysis/clones/Clones.h"

#include "core/analysis/clones/SuffixArray.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <string>

using namespace exo;
using namespace exo::analysis;

namespace {

// Files whose tokens are given by number; every `perLine` tokens a new line.
class Tree {
  public:
    void add(std::vector<std::uint32_t> texts, std::vector<std::uint32_t> kinds = {}, int perLine = 1) {
        File file;
        file.path = "f" + std::to_string(m_files.size());
        for (std::size_t i = 0; i < texts.size(); ++i)
            file.lines.push_back(static_cast<std::int32_t>(i) / perLine + 1);
        file.kinds = kinds.empty() ? texts : std::move(kinds);
        file.texts = std::move(texts);
        m_files.push_back(std::move(file));
    }
    CloneReport find(const CloneOptions& options) const {
        auto report = findDuplicates(sources(), options);
        REQUIRE(report.ok());
        return *std::move(report);
    }
    std::vector<CloneSource> sources() const {
        std::vector<CloneSource> list;
        for (const File& file : m_files)
            list.push_back({file.path, file.kinds, file.texts, file.lines});
        return list;
    }
    const std::vector<std::uint32_t>& texts(std::size_t i) const { return m_files[i].texts; }
    std::size_t size() const { return m_files.size(); }

  private:
    struct File {
        std::string path;
        std::vector<std::uint32_t> kinds, texts;
        std::vector<std::int32_t> lines;
    };
    std::vector<File> m_files;
};

std::vector<std::uint32_t> numbers(std::uint32_t from, std::size_t count) {
    std::vector<std::uint32_t> out(count);
    std::iota(out.begin(), out.end(), from);
    return out;
}

std::vector<std::uint32_t> joined(std::initializer_list<std::vector<std::uint32_t>> parts) {
    std::vector<std::uint32_t> out;
    for (const auto& part : parts)
        out.insert(out.end(), part.begin(), part.end());
    return out;
}

std::size_t fileOf(const std::string& path) {
    return static_cast<std::size_t>(std::stoi(path.substr(1)));
}

// With one token a line, lines are token numbers + 1. Every maximal match of two places, by comparing all.
struct Match {
    std::size_t fileA, a, fileB, b, length;
};
std::vector<Match> allMatches(const Tree& tree, std::size_t least) {
    std::vector<Match> matches;
    for (std::size_t x = 0; x < tree.size(); ++x)
        for (std::size_t y = x; y < tree.size(); ++y) {
            const auto &s = tree.texts(x), &t = tree.texts(y);
            for (std::size_t i = 0; i < s.size(); ++i)
                for (std::size_t j = x == y ? i + 1 : 0; j < t.size(); ++j) {
                    if (i > 0 && j > 0 && s[i - 1] == t[j - 1]) continue;
                    std::size_t n = 0;
                    while (i + n < s.size() && j + n < t.size() && s[i + n] == t[j + n])
                        ++n;
                    if (n >= least) matches.push_back({x, i, y, j, n});
                }
        }
    return matches;
}

// The stretch occurs again so near that the two overlap; places of a class never do.
bool overlapsItself(const std::vector<std::uint32_t>& text, std::size_t begin, std::size_t length) {
    const std::size_t from = begin - std::min(begin, length - 1);
    for (std::size_t i = from; i < begin + length && i + length <= text.size(); ++i)
        if (i != begin &&
            std::equal(text.begin() + static_cast<long>(i), text.begin() + static_cast<long>(i + length),
                       text.begin() + static_cast<long>(begin)))
            return true;
    return false;
}

bool holds(const api::AnalysisPlace& place, std::size_t file, std::size_t begin, std::size_t length) {
    return fileOf(place.path) == file && place.startLine <= static_cast<int>(begin) + 1 &&
           place.endLine >= static_cast<int>(begin + length);
}

} // namespace

TEST_CASE("the suffix array orders suffixes as comparing them does") {
    std::mt19937 random(7);
    for (int round = 0; round < 400; ++round) {
        const std::int32_t most = static_cast<std::int32_t>(random() % 4);
        std::vector<std::int32_t> text(1 + random() % 60);
        for (auto& value : text)
            value = static_cast<std::int32_t>(random() % static_cast<unsigned>(most + 1));
        std::vector<std::int32_t> expected(text.size());
        std::iota(expected.begin(), expected.end(), 0);
        std::sort(expected.begin(), expected.end(), [&](std::int32_t a, std::int32_t b) {
            return std::lexicographical_compare(text.begin() + a, text.end(), text.begin() + b, text.end());
        });
        const auto order = suffixArray(text, most);
        REQUIRE(order == expected);
        const auto common = commonPrefixes(text, order, most);
        for (std::size_t i = 0; i + 1 < order.size(); ++i) {
            const auto a = static_cast<std::size_t>(order[i]), b = static_cast<std::size_t>(order[i + 1]);
            std::size_t n = 0;
            while (a + n < text.size() && b + n < text.size() && text[a + n] == text[b + n])
                ++n;
            REQUIRE(common[i] == static_cast<std::int32_t>(n));
        }
    }
}

TEST_CASE("a block copied into another file is one class with its whole extent") {
    Tree tree;
    tree.add(joined({numbers(1000, 30), numbers(0, 80), numbers(2000, 30)}), {}, 8);
    tree.add(joined({numbers(3000, 16), numbers(0, 80), numbers(4000, 5)}), {}, 8);
    const CloneReport report = tree.find({});
    REQUIRE(report.classes.size() == 1);
    const auto& found = report.classes[0];
    CHECK(found.tokens == 80);
    CHECK_FALSE(found.renamed);
    REQUIRE(found.places.size() == 2);
    CHECK(found.places[0].path == "f0");
    CHECK(found.places[0].startLine == 30 / 8 + 1);
    CHECK(found.places[0].endLine == 109 / 8 + 1);
    CHECK(found.places[1].startLine == 3);
    CHECK(found.places[1].endLine == 12);
    CHECK(report.linesOfSource == std::vector<std::int32_t>{11, 10});
    CHECK(report.duplicatedLines == 21);
}

TEST_CASE("names and literals replaced make a renamed clone, not an exact one") {
    std::mt19937 random(5);
    std::vector<std::uint32_t> kinds, one, two;
    for (std::uint32_t i = 0; i < 90; ++i) {
        kinds.push_back(static_cast<std::uint32_t>(random() % 40));
        one.push_back(kinds.back() % 5 == 3 ? 5000 + i : kinds.back());
        two.push_back(kinds.back() % 5 == 3 ? 9000 + i : kinds.back());
    }
    Tree tree;
    tree.add(one, kinds, 6);
    tree.add(two, kinds, 6);
    const CloneReport report = tree.find({});
    CHECK(report.duplicatedLines == 0);
    CHECK(report.renamedLines == 30);
    REQUIRE(report.classes.size() == 1);
    CHECK(report.classes[0].renamed);
    CloneOptions exactOnly;
    exactOnly.renamed = false;
    CHECK(tree.find(exactOnly).classes.empty());
}

TEST_CASE("an exact clone is not told again as a renamed one") {
    Tree tree;
    tree.add(numbers(0, 100), {}, 8);
    tree.add(numbers(0, 100), {}, 8);
    CHECK(tree.find({}).classes.size() == 1);
}

TEST_CASE("a renamed clone that is little more than an exact one is not told beside it") {
    std::mt19937 random(9);
    std::vector<std::uint32_t> kinds(120);
    for (auto& kind : kinds)
        kind = static_cast<std::uint32_t>(random() % 40);
    auto one = kinds, two = kinds;
    two[100] = 5000; // another name near the end: 100 equal tokens before, 19 behind
    Tree tree;
    tree.add(one, kinds, 8);
    tree.add(two, kinds, 8);
    const CloneReport report = tree.find({});
    REQUIRE(report.classes.size() == 1);
    CHECK_FALSE(report.classes[0].renamed);
    CHECK(report.classes[0].tokens == 100);
}

TEST_CASE("a clone on fewer lines than asked for is left out") {
    Tree tree;
    tree.add(numbers(0, 100), {}, 30);
    tree.add(numbers(0, 100), {}, 30);
    const CloneReport report = tree.find({});
    CHECK(report.classes.empty());
    CHECK(report.duplicatedLines == 0);
}

TEST_CASE("on random input every pair of long equal stretches is covered, and nothing unequal is told") {
    std::mt19937 random(42);
    CloneOptions options;
    options.minTokens = 6;
    options.window = 4;
    options.minLines = 1;
    options.renamed = false;
    int compared = 0;
    for (int round = 0; round < 150; ++round) {
        Tree tree;
        const std::uint32_t alphabet = 2 + static_cast<std::uint32_t>(random() % 12);
        std::vector<std::uint32_t> block(12 + random() % 20);
        for (auto& token : block)
            token = static_cast<std::uint32_t>(random() % alphabet);
        for (std::size_t f = 0; f < 2 + static_cast<std::size_t>(round) % 3; ++f) {
            std::vector<std::uint32_t> file(random() % 60);
            for (auto& token : file)
                token = static_cast<std::uint32_t>(random() % alphabet);
            if (random() % 3)
                file.insert(file.end() - static_cast<long>(file.size() / 2), block.begin(), block.end());
            tree.add(std::move(file));
        }
        const CloneReport report = tree.find(options);
        for (const auto& found : report.classes) {
            std::set<std::vector<std::uint32_t>> different;
            for (const auto& place : found.places) {
                const auto& texts = tree.texts(fileOf(place.path));
                REQUIRE(place.endLine - place.startLine + 1 == found.tokens);
                different.insert({texts.begin() + place.startLine - 1, texts.begin() + place.endLine});
            }
            REQUIRE(different.size() == 1);
        }
        std::set<std::pair<std::size_t, std::size_t>> lines;
        for (const Match& match : allMatches(tree, options.minTokens + options.window - 1)) {
            for (std::size_t i = 0; i < match.length; ++i) {
                lines.emplace(match.fileA, match.a + i);
                lines.emplace(match.fileB, match.b + i);
            }
            for (const auto& [file, begin] :
                 {std::pair(match.fileA, match.a), std::pair(match.fileB, match.b)}) {
                if (overlapsItself(tree.texts(file), begin, match.length)) continue;
                ++compared;
                const bool told = std::any_of(
                    report.classes.begin(), report.classes.end(),
                    [&, f = file, b = begin](const auto& found) {
                        return std::any_of(found.places.begin(), found.places.end(), [&](const auto& place) {
                            return holds(place, f, b, match.length);
                        });
                    });
                CHECK(told);
            }
        }
        // Shorter clones may be found too, so at least these lines.
        CHECK(report.duplicatedLines >= static_cast<std::int64_t>(lines.size()));
    }
    CHECK(compared > 300);
}

TEST_CASE("a file that repeats itself is told as halves that do not overlap") {
    std::vector<std::uint32_t> table;
    for (int row = 0; row < 2000; ++row)
        for (std::uint32_t cell = 0; cell < 5; ++cell)
            table.push_back(cell);
    Tree tree;
    tree.add(table, {}, 5);
    const CloneReport report = tree.find({});
    REQUIRE_FALSE(report.classes.empty());
    const auto& found = report.classes[0];
    CHECK(found.tokens == 5000);
    REQUIRE(found.places.size() == 2);
    CHECK(found.places[0].endLine == 1000);
    CHECK(found.places[1].startLine == 1001);
    CHECK(report.duplicatedLines == 2000);
    CHECK(report.classes.size() < 20);
}

TEST_CASE("a thousand copies of a file are one class") {
    std::mt19937 random(3);
    std::vector<std::uint32_t> file(400);
    for (auto& token : file)
        token = static_cast<std::uint32_t>(random());
    Tree tree;
    for (int i = 0; i < 1000; ++i)
        tree.add(file, {}, 10);
    const CloneReport report = tree.find({});
    REQUIRE(report.classes.size() == 1);
    CHECK(report.classes[0].places.size() == 1000);
    CHECK(report.duplicatedLines == 40 * 1000);
    CHECK_FALSE(report.truncated);
}

TEST_CASE("a thousand nearly equal files stay bounded and count their lines all the same") {
    std::mt19937 random(3);
    std::vector<std::uint32_t> file(600);
    for (auto& token : file)
        token = static_cast<std::uint32_t>(random());
    Tree tree;
    for (std::size_t i = 0; i < 1000; ++i) {
        auto changed = file;
        changed[(i * 7919) % changed.size()] = static_cast<std::uint32_t>(random());
        tree.add(changed, {}, 10);
    }
    CloneOptions options;
    options.maxPlaces = 20'000;
    const CloneReport report = tree.find(options);
    CHECK(report.duplicatedLines >= 59 * 1000);
    std::size_t places = 0;
    for (const auto& found : report.classes)
        places += found.places.size();
    CHECK(places < options.maxPlaces + 1000);
}

TEST_CASE("the order of the answer does not depend on anything but the input") {
    std::mt19937 random(11);
    Tree tree;
    for (int f = 0; f < 20; ++f) {
        std::vector<std::uint32_t> file(200);
        for (auto& token : file)
            token = static_cast<std::uint32_t>(random() % 3);
        tree.add(file, {}, 4);
    }
    CloneOptions options;
    options.minTokens = 8;
    options.window = 4;
    const auto shape = [&] {
        std::string text;
        for (const auto& found : tree.find(options).classes)
            for (const auto& place : found.places)
                text += place.path + ":" + std::to_string(place.startLine) + " ";
        return text;
    };
    CHECK(shape() == shape());
}

TEST_CASE("both searches at once say what one after the other says") {
    std::mt19937 random(5);
    Tree tree;
    const auto block = numbers(0, 120);
    for (std::uint32_t f = 0; f < 12; ++f) {
        std::vector<std::uint32_t> texts(80);
        for (auto& token : texts)
            token = 10'000 + static_cast<std::uint32_t>(random() % 500);
        texts.insert(texts.begin() + 40, block.begin(), block.end());
        std::vector<std::uint32_t> kinds = texts;
        if (f % 2 == 1)
            for (std::size_t i = 69; i < 160; i += 30)
                texts[i] = 20'000 + f; // renamed so often that no exact clone is left
        tree.add(std::move(texts), std::move(kinds), 4);
    }
    const auto shape = [&](bool together) {
        CloneOptions options;
        options.together = together;
        const CloneReport report = tree.find(options);
        std::string text = std::to_string(report.duplicatedLines) + " " + std::to_string(report.renamedLines);
        for (const auto& found : report.classes)
            for (const auto& place : found.places)
                text += (found.renamed ? " r" : " ") + place.path + ":" + std::to_string(place.startLine);
        return text;
    };
    CHECK(shape(false).find(" r") != std::string::npos);
    CHECK(shape(true) == shape(false));
    const std::atomic<bool> stop{true};
    CloneOptions options;
    options.together = true;
    options.cancelled = &stop;
    CHECK_FALSE(findDuplicates(tree.sources(), options).ok());
}

// What is read of the sources lies in a mapped file and stays in memory until it is told to have passed.
TEST_CASE("many clones are looked at without keeping all of the sources") {
    std::mt19937 random(9);
    std::vector<std::vector<std::uint32_t>> blocks(400);
    for (auto& block : blocks)
        for (int i = 0; i < 80; ++i)
            block.push_back(static_cast<std::uint32_t>(random()));
    Tree tree;
    for (std::size_t f = 0; f < 400; ++f) {
        std::vector<std::uint32_t> file;
        for (std::size_t b = 0; b < 10; ++b) {
            const auto& block = blocks[(f * 37 + b * 53) % blocks.size()];
            file.insert(file.end(), block.begin(), block.end());
            file.push_back(static_cast<std::uint32_t>(random()));
        }
        tree.add(std::move(file), {}, 4);
    }
    CloneOptions options;
    options.renamed = false;
    int passed = 0;
    options.passed = [&] { ++passed; };
    const CloneReport report = tree.find(options);
    std::size_t places = 0;
    for (const auto& found : report.classes)
        places += found.places.size();
    REQUIRE(places >= 3000);
    // Ranges, classes, lines and the answer look at each place; the last of each may go untold.
    CHECK(passed >= static_cast<int>(3 * places / 256));
}

TEST_CASE("none, empty and short files give an empty answer; a stop is an error") {
    Tree tree;
    CHECK(tree.find({}).classes.empty());
    tree.add({});
    tree.add({1});
    tree.add(numbers(0, 49));
    CHECK(tree.find({}).classes.empty());
    const std::atomic<bool> stop{true};
    CloneOptions options;
    options.cancelled = &stop;
    const auto report = findDuplicates(tree.sources(), options);
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().code == ErrorCode::Cancelled);
}
