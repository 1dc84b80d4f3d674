// exobrain help-tree: commands, flags and settings as data, for whatever makes man pages and completions of
// them.
#include "app/exobrain/Command.h"
#include "app/exobrain/Terminal.h"
#include "core/config/SettingsTable.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace exo::cli {

namespace {

Json namesOf(const CLI::Option& option) {
    Json names = Json::array();
    for (const auto& name : option.get_snames())
        names.push_back("-" + name);
    for (const auto& name : option.get_lnames())
        names.push_back("--" + name);
    return names;
}

// What stands behind the name: "HOST:PORT", "{text,json}"; empty for a flag.
std::string valueOf(const CLI::Option& option) {
    return option.get_items_expected_max() == 0 ? "" : option.get_type_name();
}

Json optionTree(const CLI::Option& option) {
    Json json = Json::object();
    json["names"] = namesOf(option);
    json["positional"] = option.get_positional() ? Json(option.get_name(true)) : Json();
    json["description"] = option.get_description();
    json["value"] = valueOf(option);
    json["required"] = option.get_required();
    json["repeats"] = option.get_items_expected_max() > 1;
    return json;
}

Json appTree(const CLI::App& app) {
    Json json = Json::object();
    json["name"] = app.get_name();
    json["description"] = app.get_description();
    json["options"] = Json::array();
    json["commands"] = Json::array();
    for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; }))
        if (!option->get_group().empty()) json["options"].push_back(optionTree(*option));
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!command->get_group().empty()) json["commands"].push_back(appTree(*command));
    return json;
}

Json settingList() {
    const Settings defaults;
    Json list = Json::array();
    for (const SettingRow& row : settingRows()) {
        Json json = Json::object();
        json["path"] = row.path;
        json["kind"] = row.kind;
        json["description"] = row.description;
        json["default"] = row.show(defaults);
        json["environment"] = environmentName(row.path);
        list.push_back(std::move(json));
    }
    return list;
}

} // namespace

void addHelpTree(Commands& commands) {
    CLI::App* command = commands.add("help-tree", "Print the commands and their flags as JSON");
    command->group(""); // not a thing for people
    const auto json = std::make_shared<bool>(true);
    command->add_flag("--json", *json, "As JSON (the only form)");
    commands.onRun(command, [&app = commands.app, json] {
        Json tree = appTree(app);
        tree["settings"] = settingList();
        tree["providerMembers"] = Json::array();
        for (const std::string_view name : providerMembers())
            tree["providerMembers"].push_back(name);
        printJson(tree);
        return k_ok;
    });
}

} // namespace exo::cli
