#include "core/monitor/PrometheusText.h"

#include "core/base/Text.h"

#include <array>
#include <charconv>

namespace exo {

namespace {

struct Bound {
    std::chrono::nanoseconds limit;
    std::string_view text; // seconds
};
using std::chrono::microseconds;
constexpr std::array<Bound, 20> k_bounds{
    {{microseconds(50), "5e-05"},      {microseconds(100), "0.0001"},     {microseconds(250), "0.00025"},
     {microseconds(500), "0.0005"},    {microseconds(1000), "0.001"},     {microseconds(2500), "0.0025"},
     {microseconds(5000), "0.005"},    {microseconds(10'000), "0.01"},    {microseconds(25'000), "0.025"},
     {microseconds(50'000), "0.05"},   {microseconds(100'000), "0.1"},    {microseconds(200'000), "0.2"},
     {microseconds(500'000), "0.5"},   {microseconds(1'000'000), "1"},    {microseconds(2'500'000), "2.5"},
     {microseconds(5'000'000), "5"},   {microseconds(10'000'000), "10"},  {microseconds(30'000'000), "30"},
     {microseconds(60'000'000), "60"}, {microseconds(300'000'000), "300"}}};

std::string numberText(double value) {
    std::array<char, 64> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : sanitizeUtf8(value)) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

} // namespace

void PrometheusText::metric(std::string_view name, Type type, std::string_view help) {
    static constexpr std::array<std::string_view, 3> k_types{"counter", "gauge", "histogram"};
    m_name = name;
    m_text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
    m_text.append(name).append(" ").append(k_types[static_cast<std::size_t>(type)]).append("\n");
}

void PrometheusText::line(std::string_view suffix, const Labels& labels, double value) {
    m_text.append(m_name).append(suffix);
    char before = '{';
    for (const auto& [name, text] : labels) {
        m_text.append(1, before).append(name).append("=\"").append(escaped(text)).append("\"");
        before = ',';
    }
    if (before == ',') m_text += '}';
    m_text.append(" ").append(numberText(value)).append("\n");
}

void PrometheusText::sample(double value, const Labels& labels) {
    line("", labels, value);
}

void PrometheusText::histogram(const HistogramCounts& counts, const Labels& labels) {
    Labels withBound = labels;
    withBound.emplace_back("le", "");
    for (const Bound& bound : k_bounds) {
        withBound.back().second = bound.text;
        line("_bucket", withBound, static_cast<double>(counts.countUpTo(bound.limit)));
    }
    withBound.back().second = "+Inf";
    line("_bucket", withBound, static_cast<double>(counts.count));
    line("_sum", labels, static_cast<double>(counts.sum) * 1e-9);
    line("_count", labels, static_cast<double>(counts.count));
}

void PrometheusText::counter(std::string_view name, std::string_view help, double value) {
    metric(name, Type::Counter, help);
    sample(value);
}

void PrometheusText::gauge(std::string_view name, std::string_view help, double value) {
    metric(name, Type::Gauge, help);
    sample(value);
}

} // namespace exo
