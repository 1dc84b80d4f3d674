# exo_embed(target FOLDER folder PATTERNS globs...): puts files of resources/ into the binary with .incbin, readable by
# exo::resource("folder/file"). Editing a file rebuilds only the table.
function(exo_embed target)
  cmake_parse_arguments(arg "" "" "PATTERNS" ${ARGN})
  set(root "${CMAKE_SOURCE_DIR}/resources")
  set(files "")
  foreach(pattern ${arg_PATTERNS})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE "${root}" "${root}/${pattern}")
    list(APPEND files ${found})
  endforeach()
  list(SORT files)
  set(asm "")
  set(table "")
  set(externs "")
  set(depends "")
  set(index 0)
  foreach(file ${files})
    string(APPEND asm "    \".global exo_res_${index}\\nexo_res_${index}:\\n.incbin \\\"${root}/${file}\\\"\\n"
                      ".global exo_res_${index}_end\\nexo_res_${index}_end:\\n.byte 0\\n\"\n")
    string(APPEND externs "extern \"C\" const char exo_res_${index}[], exo_res_${index}_end[];\n")
    string(APPEND table "    {\"${file}\", exo_res_${index}, exo_res_${index}_end},\n")
    list(APPEND depends "${root}/${file}")
    math(EXPR index "${index} + 1")
  endforeach()
  set(out "${CMAKE_CURRENT_BINARY_DIR}/Resources.gen.cpp")
  file(CONFIGURE OUTPUT "${out}" @ONLY CONTENT
"#include \"core/base/Resources.h\"
asm(\".section .rodata\\n\"
${asm}    \".text\\n\");
${externs}
namespace exo {
static const ResourceEntry k_entries[] = {
${table}};
std::span<const ResourceEntry> resourceTable() { return k_entries; }
} // namespace exo
")
  set_source_files_properties("${out}" PROPERTIES OBJECT_DEPENDS "${depends}" SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE "${out}")
endfunction()
