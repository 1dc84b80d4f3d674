#pragma once
// The life of a worker process: one socket to the parent, one folder it may read, one file after the other.
// Single-threaded; a file that ends it takes nothing else along.

#include "core/analysis/engine/WorkerProtocol.h"
#include "core/analysis/parse/FileAnalyser.h"
#include "core/analysis/rules/RuleInfo.h"

#include <functional>
#include <string_view>

namespace exo::analysis {

// What is done with the text of one file.
using FileWork = std::function<Result<FileRecord>(std::string_view path, std::string_view text,
                                                  const AnalyseOptions& options)>;
// Called once, before the sandbox closes: tables, rules and parsers are made here.
using MakeFileWork = std::function<FileWork(const WorkerSetUp& setUp)>;

// Until the parent closes the socket, or gives no work for as long as it said. The exit code of the process.
int runWorker(int socket, const MakeFileWork& make);

// What the product does: FileAnalyser with rules, secrets and debt.
FileWork makeProductWork(const WorkerSetUp& setUp);
// The rules it looks for, those of the folder included.
std::vector<RuleInfo> ruleCatalogue(const std::string& folder);

} // namespace exo::analysis
