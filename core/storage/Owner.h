#pragma once
// Whose data a call may touch. Every session belongs to one owner; the local user (desktop, commands, a
// server without keys) is "local", an API key is its id. Commands act as administrator of their home and see
// all.

#include <string>

namespace exo {

struct Owner {
    std::string id = "local";
    bool all = false; // administrator: may read and change every owner's sessions

    static Owner local() { return {}; }
    static Owner administrator() { return {"local", true}; }
    static Owner key(std::string keyId) { return {std::move(keyId), false}; }
};

} // namespace exo
