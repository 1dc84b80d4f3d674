#include "app/exobrain/doctor/Check.h"

#include "app/exobrain/Terminal.h"

#include <algorithm>

namespace exo::doctor {

namespace {

const std::string& in(const Words& words, const Look& look) {
    return look.chinese ? words.chinese : words.english;
}

std::string mark(Verdict verdict, const Look& look) {
    const char* word = "";
    const char* colour = "";
    switch (verdict) {
    case Verdict::Pass:
        word = look.chinese ? "通过" : "pass";
        colour = "\x1B[32m";
        break;
    case Verdict::Warn:
        word = look.chinese ? "注意" : "warn";
        colour = "\x1B[33m";
        break;
    case Verdict::Fail:
        word = look.chinese ? "失败" : "FAIL";
        colour = "\x1B[31m";
        break;
    }
    return look.colours ? colour + std::string(word) + "\x1B[0m" : word;
}

std::string padded(const std::string& text, std::size_t cells) {
    const std::size_t width = cli::displayWidth(text);
    return text + std::string(width < cells ? cells - width : 0, ' ');
}

} // namespace

std::string_view toText(Verdict verdict) {
    switch (verdict) {
    case Verdict::Pass: return "pass";
    case Verdict::Warn: return "warn";
    case Verdict::Fail: break;
    }
    return "fail";
}

bool anyFailed(const std::vector<Section>& sections) {
    return std::ranges::any_of(sections, [](const Section& section) {
        return std::ranges::any_of(section.checks,
                                   [](const Check& check) { return check.verdict == Verdict::Fail; });
    });
}

Json toJson(const std::vector<Section>& sections) {
    Json json{{"ok", !anyFailed(sections)}, {"checks", Json::array()}};
    for (const auto& section : sections)
        for (const auto& check : section.checks)
            json["checks"].push_back({{"section", section.id},
                                      {"id", check.id},
                                      {"verdict", std::string(toText(check.verdict))},
                                      {"title", check.title.english},
                                      {"figure", check.figure},
                                      {"advice", check.advice.english}});
    return json;
}

std::string toText(const std::vector<Section>& sections, const Look& look) {
    std::size_t width = 0;
    for (const auto& section : sections)
        for (const auto& check : section.checks)
            width = std::max(width, cli::displayWidth(in(check.title, look)));
    std::string out;
    for (const auto& section : sections) {
        out += (out.empty() ? "" : "\n") + in(section.title, look) + "\n";
        for (const auto& check : section.checks) {
            out += "  " + mark(check.verdict, look) + "  " + padded(in(check.title, look), width) + "  " +
                   cli::escapeForTerminal(check.figure) + "\n";
            if (!check.advice.empty()) out += "        " + in(check.advice, look) + "\n";
        }
    }
    return out;
}

} // namespace exo::doctor
