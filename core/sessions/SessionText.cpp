#include "core/sessions/SessionText.h"

#include "core/base/Text.h"

namespace exo {

std::string oneLine(std::string_view text) {
    std::string out;
    for (std::size_t pos = 0; pos < text.size();) {
        const char32_t c = nextCodePoint(text, pos);
        const bool control = c <= ' ' || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
        if (!control)
            appendUtf8(out, c);
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    return std::string(trim(out));
}

std::size_t countCodePoints(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t pos = 0; pos < text.size(); ++count)
        (void)nextCodePoint(text, pos);
    return count;
}

std::string shortLine(std::string_view text, std::size_t maxCodePoints) {
    // What is cut off below cannot be shown anyway: spaces only make a line shorter.
    std::string line = oneLine(utf8Prefix(text, maxCodePoints * 16));
    std::size_t end = 0;
    for (std::size_t count = 0; end < line.size() && count < maxCodePoints; ++count)
        (void)nextCodePoint(line, end);
    line.resize(end);
    return std::string(trim(line));
}

namespace {

Result<void> cleanLine(std::optional<std::string>& field, std::size_t maxCodePoints, const char* name) {
    if (!field) return {};
    *field = oneLine(*field);
    if (countCodePoints(*field) > maxCodePoints)
        return fail(ErrorCode::InvalidRequest,
                    "'" + std::string(name) + "' is longer than " + std::to_string(maxCodePoints) +
                        " characters",
                    name);
    return {};
}

Result<void> checkText(const std::optional<std::string>& field, std::size_t maxBytes, const char* name) {
    if (!field) return {};
    if (!isValidUtf8(*field))
        return fail(ErrorCode::InvalidRequest, "'" + std::string(name) + "' is not UTF-8", name);
    if (field->size() > maxBytes)
        return fail(ErrorCode::InvalidRequest, "'" + std::string(name) + "' is too long", name);
    return {};
}

} // namespace

Result<api::SessionPatch> checkedPatch(api::SessionPatch patch) {
    EXO_CHECK(cleanLine(patch.title, k_maxTitle, "title"));
    EXO_CHECK(cleanLine(patch.folder, k_maxFolder, "folder"));
    EXO_CHECK(checkText(patch.model, k_maxModel, "model"));
    EXO_CHECK(checkText(patch.systemPrompt, k_maxSystemPrompt, "systemPrompt"));
    EXO_CHECK(checkText(patch.project, k_maxProject, "project"));
    if (patch.project && !patch.project->empty() &&
        (!patch.project->starts_with('/') || oneLine(*patch.project) != *patch.project))
        return fail(ErrorCode::InvalidRequest, "'project' must be an absolute path", "project");
    return patch;
}

} // namespace exo
