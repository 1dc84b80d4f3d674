// upstream: a stand-in for a model provider, as a process of its own. `--help` lists the options; the
// behaviours are in Behaviour.cpp. Ends when its standard input closes, so that no test can leave it behind
// (--stay: runs on).

#include "tests/support/upstream/Behaviour.h"
#include "tests/support/upstream/Server.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <span>

namespace {

constexpr const char* k_help = "upstream [--port N] [--default BEHAVIOUR] [--models A,B] [--key KEY] "
                               "[--loading N] [--no-log] [--stay]\n";

std::vector<std::string> splitNames(const std::string& text) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        names.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return names;
}

// False when the arguments make no sense.
bool readArguments(std::span<char*> arguments, upstream::Options& options, bool& stay) {
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        if (name == "--no-log") {
            options.log = false;
        } else if (name == "--stay") {
            stay = true;
        } else if (i + 1 == arguments.size()) {
            return false;
        } else if (name == "--port") {
            options.port = static_cast<std::uint16_t>(std::stoi(arguments[++i]));
        } else if (name == "--default") {
            options.defaultBehaviour = arguments[++i];
            if (!upstream::parseBehaviour(options.defaultBehaviour)) return false;
        } else if (name == "--models") {
            options.models = splitNames(arguments[++i]);
        } else if (name == "--loading") {
            options.loading = std::stoi(arguments[++i]);
        } else if (name == "--key") {
            options.key = arguments[++i];
        } else {
            return false;
        }
    }
    return true;
}

int run(std::span<char*> arguments) {
    upstream::Options options;
    bool stay = false;
    if (!readArguments(arguments, options, stay)) {
        std::cerr << k_help;
        return 64;
    }
    boost::asio::io_context io(1);
    upstream::Server server(io, std::move(options));
    std::cout << "listening on http://127.0.0.1:" << server.port() << std::endl;

    boost::asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&io](const auto&, int) { io.stop(); });
    boost::asio::posix::stream_descriptor input(io);
    std::array<char, 64> ignored{};
    std::function<void()> watch = [&] {
        input.async_read_some(boost::asio::buffer(ignored), [&](const auto& error, std::size_t) {
            if (error) return io.stop();
            watch();
        });
    };
    if (!stay) {
        input.assign(::dup(STDIN_FILENO));
        watch();
    }
    io.run();
    return 0;
}

} // namespace

int main(int count, char** values) {
    try {
        return run(std::span(values, static_cast<std::size_t>(count)));
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "upstream: %s\n", failure.what());
        return 1;
    }
}
