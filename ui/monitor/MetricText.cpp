#include "ui/monitor/MetricText.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <cmath>

namespace exo::ui::monitor {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(MetricText)
};

QDateTime local(WallTime time) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    return QDateTime::fromMSecsSinceEpoch(ms);
}

QString metricName(const std::string& metric) {
    if (metric == "cpu") return QStringLiteral("CPU");
    if (metric == "memory") return Texts::tr("Memory");
    if (metric == "disk") return Texts::tr("Disk");
    if (metric == "latency") return Texts::tr("Response time (P95)");
    if (metric == "resident-growth") return Texts::tr("Memory of the service grows");
    if (metric == "backup-age") return Texts::tr("Last backup");
    if (metric == "breaker") return Texts::tr("Circuit breaker open");
    if (metric == "key") return Texts::tr("API key of a provider refused");
    if (metric == "redis") return Texts::tr("Redis unreachable");
    if (metric == "storage") return Texts::tr("Storage cannot be written");
    if (metric == "server") return Texts::tr("Server unreachable");
    return QString::fromStdString(metric);
}

} // namespace

QString percent(double fraction) {
    const double value = fraction * 100;
    const bool small = value > 0 && value < 10;
    return QLocale().toString(value, 'f', small ? 1 : 0) + QStringLiteral(" %");
}

QString milliseconds(double ms) {
    const QLocale locale;
    if (ms >= 1000) return locale.toString(ms / 1000, 'f', 1) + QStringLiteral(" s");
    return locale.toString(ms, 'f', ms > 0 && ms < 10 ? 1 : 0) + QStringLiteral(" ms");
}

QString perSecond(double rate) {
    return QLocale().toString(rate, 'f', rate >= 100 ? 0 : 1);
}

QString bytes(std::uint64_t count) {
    return QLocale().formattedDataSize(static_cast<qint64>(count), 1, QLocale::DataSizeTraditionalFormat);
}

QString duration(double seconds) {
    const auto whole = static_cast<qint64>(std::max(0.0, seconds));
    const qint64 days = whole / 86400, hours = whole / 3600 % 24, minutes = whole / 60 % 60;
    if (days > 0) return Texts::tr("%1 d %2 h").arg(days).arg(hours);
    if (hours > 0) return Texts::tr("%1 h %2 min").arg(hours).arg(minutes);
    if (minutes > 0) return Texts::tr("%1 min").arg(minutes);
    return Texts::tr("%1 s").arg(whole);
}

QString clock(WallTime time) {
    const QDateTime when = local(time);
    const QLocale locale;
    if (when.date() == QDate::currentDate()) return when.toString(QStringLiteral("HH:mm:ss"));
    return locale.toString(when.date(), QLocale::ShortFormat) + u' ' + when.toString(QStringLiteral("HH:mm"));
}

QString byUnit(double value, std::string_view unit) {
    if (unit == "fraction") return percent(value);
    if (unit == "ms") return milliseconds(value);
    if (unit == "bytes") return bytes(static_cast<std::uint64_t>(std::max(0.0, value)));
    if (unit == "bytes/h")
        return Texts::tr("%1/h").arg(bytes(static_cast<std::uint64_t>(std::max(0.0, value))));
    if (unit == "s") return duration(value);
    if (unit == "1/s") return perSecond(value);
    return QLocale().toString(value, 'f', 0);
}

QString levelWord(api::AlertLevel level) {
    switch (level) {
    case api::AlertLevel::Warning: return Texts::tr("Warning");
    case api::AlertLevel::Critical: return Texts::tr("Critical");
    case api::AlertLevel::Ok: break;
    }
    return Texts::tr("OK");
}

QString alertSentence(const api::Alert& alert) {
    QString text = metricName(alert.metric);
    if (!alert.subject.empty()) text += Texts::tr(": ") + QString::fromStdString(alert.subject);
    if (alert.unit.empty()) return text;
    return Texts::tr("%1 %2 (limit %3)")
        .arg(text, byUnit(alert.value, alert.unit), byUnit(alert.threshold, alert.unit));
}

QString breakerWord(std::string_view state) {
    if (state == "open") return Texts::tr("Open");
    if (state == "half-open") return Texts::tr("Half-open");
    return Texts::tr("Closed");
}

QString breakerNote(const api::BreakerRow& row, WallTime now) {
    if (row.state == "closed") return {};
    const QString reason = QString::fromStdString(row.reason);
    if (row.state == "half-open")
        return reason.isEmpty() ? Texts::tr("probing") : Texts::tr("probing; %1").arg(reason);
    if (!row.retryAt) return reason;
    const double left = std::max(0.0, std::chrono::duration<double>(*row.retryAt - now).count());
    const QString retry = Texts::tr("tries again in %1 s").arg(std::llround(std::ceil(left)));
    return reason.isEmpty() ? retry : reason + QStringLiteral(" · ") + retry;
}

} // namespace exo::ui::monitor
