#pragma once
// Writes the Prometheus text exposition format 0.0.4. One thread.
// Source: https://prometheus.io/docs/instrumenting/exposition_formats/

#include "core/monitor/Histogram.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exo {

class PrometheusText {
  public:
    using Labels = std::vector<std::pair<std::string_view, std::string_view>>;
    enum class Type { Counter, Gauge, Histogram };

    // Begins a metric; its samples follow.
    void metric(std::string_view name, Type type, std::string_view help);
    void sample(double value, const Labels& labels = {});
    void histogram(const HistogramCounts& counts, const Labels& labels = {});
    // A metric with one sample.
    void counter(std::string_view name, std::string_view help, double value);
    void gauge(std::string_view name, std::string_view help, double value);

    std::string take() { return std::move(m_text); }

  private:
    void line(std::string_view suffix, const Labels& labels, double value);

    std::string m_text;
    std::string m_name;
};

} // namespace exo
