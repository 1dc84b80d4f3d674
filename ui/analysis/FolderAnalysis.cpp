#include "ui/analysis/FolderAnalysis.h"

namespace exo::ui {

FolderAnalysis::FolderAnalysis(Connections* connections, QObject* parent)
    : QObject(parent)
    , m_connections(connections)
    , m_backend(connections->current()) {
    connect(connections, &Connections::changed, this, [this](Backend* backend) {
        close(); // the old backend is still there to hear it
        m_backend = backend;
    });
}

FolderAnalysis::~FolderAnalysis() = default;

AnalysisSource* FolderAnalysis::source() const {
    return m_backend->analysis();
}

void FolderAnalysis::open(const QString& folder) {
    if (m_running && m_run) source()->remove(*m_run);
    m_folder = folder;
    forgetResult();
    emit resultChanged();
    start();
}

void FolderAnalysis::rerun() {
    if (!m_folder.isEmpty() && !m_running) start();
}

void FolderAnalysis::start() {
    ++m_generation;
    m_running = true;
    m_cancelled = false;
    m_error.reset();
    m_run.reset();
    m_state = {};
    m_state.progress.stage = "scanning";
    emit changed();
    source()->start(m_folder, this, [this, generation = m_generation](Result<api::AnalysisState> state) {
        if (generation != m_generation) { // cancelled before it had a name
            if (state.ok()) source()->remove(state->id);
            return;
        }
        if (!state.ok()) return fail(std::move(state).error());
        m_run = state->id;
        m_state = std::move(*state);
        emit changed();
        source()->watch(*m_run, this, [this, generation](Result<api::AnalysisState> step) {
            if (generation != m_generation || !m_running) return;
            if (!step.ok()) return fail(std::move(step).error());
            onState(*step);
        });
    });
}

void FolderAnalysis::onState(const api::AnalysisState& state) {
    m_state = state;
    if (state.status == "running") return emit changed();
    if (state.status == "done") return load(state);
    if (state.status == "cancelled") {
        m_running = false;
        m_cancelled = true;
        return emit changed();
    }
    fail(Error(errorCodeFromString(state.errorCode).value_or(ErrorCode::Internal), state.errorMessage));
}

void FolderAnalysis::load(const api::AnalysisState& state) {
    source()->overview(state.id, this,
                       [this, state, generation = m_generation](Result<AnalysisSource::Overview> overview) {
                           if (generation != m_generation) return;
                           if (!overview.ok()) return fail(std::move(overview).error());
                           if (m_result && *m_result != state.id) source()->remove(*m_result);
                           m_result = state.id;
                           m_summary = state.summary;
                           m_tree = std::make_shared<FileTree>(FileTree::build(*overview));
                           m_hotspots = std::move(overview->hotspots);
                           m_running = false;
                           emit changed();
                           emit resultChanged();
                       });
}

void FolderAnalysis::fail(Error error) {
    m_running = false;
    m_error = std::move(error);
    emit changed();
}

void FolderAnalysis::cancel() {
    if (!m_running) return;
    ++m_generation;
    m_running = false;
    m_cancelled = true;
    if (m_run) source()->remove(*m_run);
    emit changed();
}

void FolderAnalysis::close() {
    if (m_running && m_run) source()->remove(*m_run);
    ++m_generation;
    m_running = m_cancelled = false;
    m_error.reset();
    m_folder.clear();
    m_state = {};
    forgetResult();
    emit changed();
    emit resultChanged();
}

void FolderAnalysis::forgetResult() {
    if (m_result) source()->remove(*m_result);
    m_result.reset();
    m_summary.reset();
    m_tree = std::make_shared<FileTree>();
    m_hotspots.clear();
}

} // namespace exo::ui
