# cmake -D ROOT=folder -D LIST=file -D OUT=file.cpp -P RecordVersion.cmake: k_recordVersion, a hash of the files in the list (a
# path a line, relative to ROOT) and of their names. The time, the machine and the order of the list have no part in it.
cmake_minimum_required(VERSION 3.25)

file(STRINGS "${LIST}" paths)
list(SORT paths)
set(all "")
foreach(path IN LISTS paths)
  if(NOT EXISTS "${ROOT}/${path}")
    message(FATAL_ERROR "${path} has a part in the records of an analysis and is not there")
  endif()
  file(SHA256 "${ROOT}/${path}" hash)
  string(APPEND all "${path} ${hash}\n")
endforeach()
string(SHA256 version "${all}")
string(SUBSTRING "${version}" 0 32 version)
file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT "// Made by RecordVersion.cmake.
#include \"core/analysis/engine/RecordCodec.h\"

namespace exo::analysis {

const std::string_view k_recordVersion = \"@version@\";

} // namespace exo::analysis
")
