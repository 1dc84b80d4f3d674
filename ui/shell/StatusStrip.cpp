#include "ui/shell/StatusStrip.h"

#include "ui/theme/LanguageController.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPaintEvent>
#include <QPainter>

namespace exo::ui {

namespace {
constexpr int k_height = 28;
constexpr int k_intervalMs = 2000;

QString percent(double fraction, int decimals = 0) {
    return QLocale().toString(fraction * 100, 'f', decimals) + QStringLiteral(" %");
}
} // namespace

StatusStrip::StatusStrip(Connections* connections, const ThemeController* theme, QWidget* parent)
    : QFrame(parent)
    , m_connections(connections)
    , m_theme(theme) {
    setObjectName(QStringLiteral("statusStrip"));
    setProperty("kind", QStringLiteral("bar"));
    setFixedHeight(k_height);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(32, 0, 16, 0);
    row->setSpacing(20);
    const auto label = [&](const char* name) {
        auto* made = new QLabel(this);
        made->setObjectName(QStringLiteral("status.") + QString::fromLatin1(name));
        made->setProperty("kind", QStringLiteral("caption"));
        made->setTextFormat(Qt::PlainText);
        return made;
    };
    m_state = label("state");
    m_load = label("load");
    m_latency = label("latency");
    m_errors = label("errors");
    m_cpu = label("cpu");
    m_memory = label("memory");
    for (QLabel* left : {m_state, m_load, m_latency, m_errors}) {
        row->addWidget(left);
    }
    row->addStretch(1);
    row->addWidget(m_cpu);
    row->addWidget(m_memory);
    m_timer.setObjectName(QStringLiteral("status.timer"));
    m_timer.setInterval(k_intervalMs);
    connect(&m_timer, &QTimer::timeout, this, &StatusStrip::poll);
    connect(connections, &Connections::changed, this, &StatusStrip::onBackend);
    connect(theme, &ThemeController::changed, this, QOverload<>::of(&QWidget::update));
    onBackend();
}

void StatusStrip::setWatched(bool watched) {
    if (watched == m_timer.isActive()) return;
    if (!watched) return m_timer.stop();
    m_timer.start();
    poll();
}

void StatusStrip::onBackend() {
    ++m_generation;
    m_asking = false;
    m_status.reset();
    m_error.reset();
    connect(m_connections->current(), &Backend::stateChanged, this, &StatusStrip::retranslate);
    retranslate();
    if (m_timer.isActive()) poll();
}

void StatusStrip::poll() {
    if (m_asking) return;
    m_asking = true;
    m_connections->current()->fetchStatus(
        this, [this, generation = m_generation](Result<api::ServiceStatus> status) {
            if (generation != m_generation) return;
            m_asking = false;
            m_status.reset();
            m_error.reset();
            if (status.ok()) {
                m_status = std::move(*status);
            } else {
                m_error = status.error();
            }
            retranslate();
        });
}

Token StatusStrip::level() const {
    const auto state = m_connections->current()->state();
    if (state == Backend::State::Unreachable || m_error) return Token::Crit;
    if (state == Backend::State::Connecting) return Token::Warn;
    if (m_status && m_status->level == "critical") return Token::Crit;
    return m_status && m_status->level == "warning" ? Token::Warn : Token::Ok;
}

QString StatusStrip::word() const {
    const Backend* backend = m_connections->current();
    if (backend->state() == Backend::State::Connecting)
        return backend->isLocal() ? tr("Starting") : tr("Connecting");
    if (backend->state() == Backend::State::Unreachable)
        return backend->isLocal() ? tr("Not running") : tr("Unreachable");
    if (m_error) return m_error->code == ErrorCode::InvalidApiKey ? tr("Key refused") : tr("Error");
    if (m_status && m_status->level == "critical") return tr("Critical");
    if (m_status && m_status->level == "warning") return tr("Warning");
    return tr("OK");
}

void StatusStrip::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QFrame::changeEvent(event);
}

void StatusStrip::retranslate() {
    m_state->setText(word());
    m_state->setToolTip(m_error ? errorSentence(*m_error) : QString());
    const bool known = m_status && m_connections->current()->state() == Backend::State::Ready;
    for (QLabel* label : {m_load, m_latency, m_errors, m_cpu, m_memory}) {
        label->setVisible(known);
    }
    if (known) {
        const QLocale locale;
        m_load->setText(tr("Active %1 · Queued %2")
                            .arg(locale.toString(m_status->active), locale.toString(m_status->queued)));
        m_latency->setText(QStringLiteral("P95 ") + locale.toString(m_status->p95Ms, 'f', 0) +
                           QStringLiteral(" ms"));
        m_latency->setVisible(m_status->p95Ms >= 1);
        m_errors->setText(tr("Errors %1").arg(percent(m_status->errorRate, 1)));
        m_errors->setVisible(m_status->total > 0);
        m_cpu->setText(QStringLiteral("CPU ") + percent(m_status->cpuUsage));
        m_cpu->setVisible(m_status->cpuUsage > 0 || m_status->memoryUsage > 0);
        m_memory->setText(tr("Memory %1").arg(percent(m_status->memoryUsage)));
        m_memory->setVisible(m_status->memoryUsage > 0);
    }
    update();
}

void StatusStrip::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme->color(level()));
    painter.drawEllipse(QRectF(16, height() / 2.0 - 4, 8, 8));
}

} // namespace exo::ui
