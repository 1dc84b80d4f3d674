#pragma once
// An AnalysisService with one finished analysis of two small files.

#include "core/analysis/engine/AnalysisService.h"

#include <utility>

namespace exo::test {

class FakeAnalyses final : public AnalysisService {
  public:
    std::string started; // path of the last start()
    std::string status = "done";
    Owner owner;

    Result<AnalysisId> start(const Owner& who, AnalysisRequest request) override;
    std::vector<api::AnalysisState> list(const Owner& who) const override;
    Result<api::AnalysisState> state(const Owner& who, const AnalysisId& id) const override;
    Result<void> cancel(const Owner& who, const AnalysisId& id) override { return remove(who, id); }
    Result<void> remove(const Owner& who, const AnalysisId& id) override;
    Result<std::unique_ptr<AnalysisSubscription>>
    subscribe(const Owner& who, const AnalysisId& id,
              std::function<void(const api::AnalysisState&)> changed) override;
    Task<api::AnalysisState> wait(Owner who, AnalysisId id, CancelToken) override;
    Result<std::shared_ptr<const analysis::AnalysisResult>> result(const Owner& who,
                                                                   const AnalysisId& id) const override;
    Task<AnalysisSource> source(Owner, AnalysisId, std::string path, int startLine, int) override;

    Task<api::SourceText> text(Owner who, AnalysisId id, std::string path, Colours colours) override;

    Task<std::string> report(Owner who, AnalysisId id, Format format) override;

  private:
    Result<void> known(const Owner& who, const AnalysisId& id) const;
    api::AnalysisState now() const;
    static std::shared_ptr<const analysis::AnalysisResult> made();
};

} // namespace exo::test
