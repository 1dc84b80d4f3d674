// Stands in for libFuzzer where there is none: runs the target on every seed, every prefix of short seeds,
// and a fixed number of mutations of each. The same inputs come out on every machine; a slow one only does
// fewer of them.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr auto k_budget = std::chrono::seconds(2);
constexpr std::size_t k_mutationsPerSeed = 2000;
constexpr std::size_t k_allPrefixesUpTo = 512;

std::string g_input;

// A crash without its input is worth little.
void reportInput() {
    std::fprintf(stderr, "the target aborted on these %zu bytes:\n", g_input.size());
    for (const char c : g_input)
        std::fprintf(stderr, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    std::fprintf(stderr, "\n");
}

void onSignal(int signal) {
    reportInput();
    std::_Exit(128 + signal);
}

void runOne(std::string input) {
    g_input = std::move(input);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(g_input.data()), g_input.size());
}

std::vector<std::string> readSeeds(const char* folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.is_regular_file()) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> seeds;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return seeds;
}

class Mutator {
  public:
    explicit Mutator(const std::vector<std::string>& seeds)
        : m_seeds(seeds) {}

    std::string operator()(std::string text) {
        for (std::size_t left = 1 + below(4); left > 0; --left)
            mutateOnce(text);
        return text;
    }

  private:
    std::size_t below(std::size_t bound) {
        return bound == 0 ? 0 : m_random() % bound;
    } // the same on every platform

    void mutateOnce(std::string& text) {
        static constexpr char special[] = {'\0', '\n', '\r',   '"',    '\\', ':', '/', '%',
                                           '{',  '[',  '\xFF', '\xC3', ' ',  '.', '9', '-'};
        const std::size_t at = below(text.size() + 1);
        const std::size_t length = 1 + below(std::min<std::size_t>(text.size() - at + 1, 32));
        switch (below(7)) {
        case 0:
            if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
            return;
        case 1: text.insert(at, 1, special[below(sizeof special)]); return;
        case 2: text.erase(at, length); return;
        case 3: text.insert(at, text.substr(below(text.size() + 1), length)); return;
        case 4: text.resize(at); return;
        case 5: text.insert(at, std::string(1 + below(64), special[below(sizeof special)])); return;
        default: {
            const std::string& other = m_seeds[below(m_seeds.size())];
            text.insert(at, other.substr(below(other.size() + 1), 1 + below(64)));
            return;
        }
        }
    }

    const std::vector<std::string>& m_seeds;
    std::mt19937 m_random{20240607};
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s SEED_FOLDER\n", argv[0]);
        return 64;
    }
    std::vector<std::string> seeds = readSeeds(argv[1]);
    if (seeds.empty()) {
        std::fprintf(stderr, "no seeds in %s\n", argv[1]);
        return 1;
    }
    std::signal(SIGABRT, onSignal);
    std::signal(SIGSEGV, onSignal);
    const auto end = std::chrono::steady_clock::now() + k_budget;
    std::size_t count = 0;
    const auto run = [&](std::string input) {
        runOne(std::move(input));
        ++count;
    };
    run({});
    for (const std::string& seed : seeds) {
        run(seed);
        for (std::size_t size = 0; size < std::min(seed.size(), k_allPrefixesUpTo); ++size)
            run(seed.substr(0, size));
    }
    // Rounds over all seeds, so that a tight budget takes from each alike.
    Mutator mutate(seeds);
    for (std::size_t round = 0; round < k_mutationsPerSeed && std::chrono::steady_clock::now() < end;
         ++round) {
        for (const std::string& seed : seeds)
            run(mutate(seed));
    }
    std::printf("%zu seeds, %zu inputs\n", seeds.size(), count);
    return 0;
}
