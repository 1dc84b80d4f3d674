// How the text index comes to be: known segments first, then the files nobody knew, then order among
// segments.
#include "core/analysis/FileKinds.h"
#include "core/analysis/TextFile.h"
#include "core/analysis/retrieve/TextIndex.h"
#include "core/analysis/retrieve/Trigrams.h"
#include "core/base/Ids.h"
#include "core/base/Log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>
#include <mutex>
#include <numeric>
#include <unordered_map>

namespace exo::analysis {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_maxSource = 4u << 20; // as the search
constexpr std::size_t k_chunk = 64;           // files a thread takes at once
constexpr std::size_t k_threads = 2;
constexpr std::size_t k_mergeBelow = 1'000'000; // pairs: what is joined while a question waits

struct IdHash {
    std::size_t operator()(const TextId& id) const {
        std::size_t hash = 0; // of a hash
        std::memcpy(&hash, id.data(), sizeof hash);
        return hash;
    }
};

bool writeNew(const fs::path& file, std::string_view bytes) {
    const FileHandle out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!out) return false;
    while (!bytes.empty()) {
        const ssize_t n = ::write(out.get(), bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

} // namespace

class TextIndexMaker {
  public:
    TextIndexMaker(const AnalysisResult& result, const SafeRoot& root, const TextIndex::Options& options)
        : m_result(result)
        , m_root(root)
        , m_options(options)
        , m_until(std::chrono::steady_clock::now() + options.maxTime) {
        if (!options.folder.empty()) // of no other project, and of nothing else in the folder
            m_prefix = contentHash(result.root() + '\0' + "text").substr(0, 32) + "-";
    }

    std::shared_ptr<const TextIndex> make(const TextIndex* before) {
        const std::size_t files = m_result.report().files.size();
        m_ids.reserve(files);
        for (std::size_t file = 0; file < files; ++file)
            m_ids.push_back(textIdOf(m_result.hashAt(file)));
        if (before) {
            m_index->m_hashes = before->m_hashes;
            m_index->m_places = before->m_places;
            for (const auto& segment : before->m_segments)
                add(segment);
        } else {
            load();
        }
        m_index->m_places.resize(files);
        find();
        const std::size_t known = m_index->m_segments.size();
        m_index->m_complete = readNews();
        if (m_index->m_segments.size() > known) find();
        if (tidy()) find();
        return m_index;
    }

  private:
    void add(const std::shared_ptr<const TextSegment>& segment) {
        if (segment) m_index->m_segments.push_back(segment);
    }

    // What another process is writing, or has just removed, is damaged or gone: no segment then.
    void load() {
        if (m_prefix.empty()) return;
        std::error_code error;
        for (fs::directory_iterator it(m_options.folder, error), end; !error && it != end;
             it.increment(error)) {
            const std::string name = it->path().filename().string();
            if (!name.starts_with(m_prefix) || !name.ends_with(".tri")) continue;
            const auto segment = TextSegment::open(it->path());
            std::error_code ignored;
            if (segment)
                fs::last_write_time(it->path(), fs::file_time_type::clock::now(), ignored); // it is used
            else
                fs::remove(it->path(), ignored);
            add(segment);
        }
        std::sort(m_index->m_segments.begin(), m_index->m_segments.end(),
                  [](const auto& a, const auto& b) { return a->pairs() > b->pairs(); });
    }

    // Which text of which segment each file is; most often the one it was.
    void find() {
        std::vector<std::size_t> lost;
        for (std::size_t file = 0; file < m_ids.size(); ++file) {
            if (isAt(m_index->m_places[file], m_ids[file])) continue;
            m_index->m_places[file] = {};
            lost.push_back(file);
        }
        if (lost.empty()) return;
        std::unordered_map<TextId, TextIndex::Place, IdHash> wanted(lost.size());
        for (const std::size_t file : lost)
            wanted.try_emplace(m_ids[file]);
        for (std::size_t s = 0; s < m_index->m_segments.size(); ++s) {
            const TextSegment& segment = *m_index->m_segments[s];
            for (std::size_t text = 0; text < segment.texts(); ++text)
                if (const auto found = wanted.find(segment.id(text));
                    found != wanted.end() && found->second.segment < 0)
                    found->second = {static_cast<std::int32_t>(s), static_cast<std::uint32_t>(text)};
        }
        for (const std::size_t file : lost)
            m_index->m_places[file] = wanted[m_ids[file]];
    }

    bool isAt(const TextIndex::Place& place, const TextId& id) const {
        const auto& segments = m_index->m_segments;
        if (place.segment < 0 || static_cast<std::size_t>(place.segment) >= segments.size()) return false;
        const TextSegment& segment = *segments[static_cast<std::size_t>(place.segment)];
        return place.text < segment.texts() && segment.id(place.text) == id;
    }

    bool stopped() const {
        return (m_options.cancelled && m_options.cancelled->load()) ||
               std::chrono::steady_clock::now() > m_until;
    }

    // False when it was stopped before the last.
    bool readNews() {
        std::vector<std::size_t> news;
        for (std::size_t file = 0; file < m_ids.size(); ++file)
            if (m_index->m_places[file].segment < 0 && !isPrivate(m_result.report().files[file].path))
                news.push_back(file);
        if (news.empty()) return true;
        std::atomic<std::size_t> next = 0;
        const auto work = [&] { readSome(news, next); };
        std::future<void> helper;
        if (news.size() > k_chunk * k_threads) helper = std::async(std::launch::async, work);
        work();
        if (helper.valid()) helper.get();
        return next >= news.size();
    }

    void readSome(const std::vector<std::size_t>& news, std::atomic<std::size_t>& next) {
        TrigramSet trigrams;
        TextSegmentWriter writer;
        std::string bytes;
        while (!stopped()) {
            const std::size_t begin = next.fetch_add(k_chunk);
            for (std::size_t i = begin; i < std::min(begin + k_chunk, news.size()); ++i)
                readOne(news[i], bytes, trigrams, writer);
            if (begin + k_chunk >= news.size()) break;
            if (writer.pairs() >= TextSegmentWriter::k_full) keep(writer.take());
        }
        if (writer.texts() > 0) keep(writer.take());
    }

    void readOne(std::size_t index, std::string& bytes, TrigramSet& trigrams, TextSegmentWriter& writer) {
        const auto version = m_root.readInto(bytes, m_result.report().files[index].path, k_maxSource);
        if (!version.ok() || m_index->m_hashes->hashOf(*version, bytes, m_startNs) != m_result.hashAt(index))
            return; // changed since
        if (isPlainText(bytes)) return writer.add(m_ids[index], trigrams.of(bytes));
        const auto text = decodeText(bytes);
        writer.add(m_ids[index], trigrams.of(text ? *text : std::string_view{}));
    }

    void keep(std::string bytes) {
        std::shared_ptr<const TextSegment> segment;
        if (!m_prefix.empty()) {
            std::error_code error;
            fs::create_directories(m_options.folder, error);
            const fs::path part = m_options.folder / (m_prefix + newIdText("") + ".part");
            fs::path whole = part;
            whole.replace_extension(".tri");
            if (writeNew(part, bytes) && ::rename(part.c_str(), whole.c_str()) == 0)
                segment = TextSegment::open(whole);
            else
                log::info("the text index stays in memory: {}", std::strerror(errno));
            if (!segment) ::unlink(part.c_str());
        }
        if (!segment) segment = TextSegment::hold(std::move(bytes));
        const std::lock_guard lock(m_keeping);
        add(segment);
    }

    struct Use {
        std::vector<bool> used;
        std::size_t count = 0;
    };
    std::vector<Use> usesOf() const {
        std::vector<Use> uses;
        for (const auto& segment : m_index->m_segments)
            uses.push_back({std::vector<bool>(segment->texts()), 0});
        for (const TextIndex::Place& place : m_index->m_places) {
            if (place.segment < 0) continue;
            Use& use = uses[static_cast<std::size_t>(place.segment)];
            if (!use.used[place.text]) ++use.count;
            use.used[place.text] = true;
        }
        return uses;
    }

    // What has no file of the project any more goes; small segments, from the smallest on while the next is
    // not much larger than what is joined, and those that are mostly waste become one. Whether any did.
    bool tidy() {
        const std::vector<Use> uses = usesOf();
        const auto& segments = m_index->m_segments;
        const auto liveOf = [&](std::size_t s) {
            return segments[s]->pairs() * uses[s].count / std::max<std::size_t>(segments[s]->texts(), 1);
        };
        const auto isWaste = [&](std::size_t s) { return uses[s].count * 2 <= segments[s]->texts(); };
        std::vector<std::size_t> order(segments.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return liveOf(a) < liveOf(b); });
        std::vector<std::size_t> joined;
        std::size_t sum = 0;
        for (const std::size_t s : order) {
            const std::size_t live = liveOf(s);
            if (sum + live > k_mergeBelow) break;
            if (!joined.empty() && live > sum * 2 && !isWaste(s)) continue;
            joined.push_back(s);
            sum += live;
        }
        if (joined.empty() || (joined.size() == 1 && !isWaste(joined[0]))) return false;
        join(joined, uses);
        return true;
    }

    void join(const std::vector<std::size_t>& joined, const std::vector<Use>& uses) {
        std::vector<std::shared_ptr<const TextSegment>> old;
        TextSegmentWriter writer;
        for (const std::size_t s : joined) {
            old.push_back(m_index->m_segments[s]);
            if (uses[s].count > 0) writer.addFrom(*old.back(), uses[s].used);
        }
        std::erase_if(m_index->m_segments, [&](const auto& segment) {
            return std::find(old.begin(), old.end(), segment) != old.end();
        });
        if (writer.texts() > 0) keep(writer.take());
        std::error_code ignored;
        for (const auto& segment : old)
            if (!segment->file().empty()) fs::remove(segment->file(), ignored);
    }

    const AnalysisResult& m_result;
    const SafeRoot& m_root;
    const TextIndex::Options& m_options;
    const std::chrono::steady_clock::time_point m_until;
    const std::int64_t m_startNs = wallTimeNs();
    std::string m_prefix; // of the names of our files; empty: nothing is kept
    std::vector<TextId> m_ids;
    std::mutex m_keeping;
    std::shared_ptr<TextIndex> m_index = std::make_shared<TextIndex>();
};

std::shared_ptr<const TextIndex> TextIndex::make(const AnalysisResult& result, const SafeRoot& root,
                                                 const TextIndex* before, const Options& options) {
    return TextIndexMaker(result, root, options).make(before);
}

} // namespace exo::analysis
