#include "core/cache/AnswerCache.h"

namespace exo {

std::string_view toText(RedisState state) {
    switch (state) {
    case RedisState::Up: return "up";
    case RedisState::Down: return "down";
    case RedisState::Off: break;
    }
    return "off";
}

} // namespace exo
