# The tree-sitter runtime and one object a grammar, always -O2 and without sanitizers: parser tables are generated code,
# and instrumenting them costs minutes. Hidden symbols; core/analysis/parse is the only user.
set(tsDir "${npmDir}/node_modules/tree-sitter/vendor/tree-sitter/lib")
add_library(exo_treesitter STATIC "${tsDir}/src/lib.c")
target_include_directories(exo_treesitter SYSTEM PUBLIC "${tsDir}/include")
target_include_directories(exo_treesitter PRIVATE "${tsDir}/src")
set_target_properties(exo_treesitter PROPERTIES C_STANDARD 11 C_EXTENSIONS ON)
# The core is ours to check; only the grammars go without sanitizers.
target_compile_options(exo_treesitter PRIVATE -w -O2 -fvisibility=hidden)

set(grammarDirs
  tree-sitter-bash tree-sitter-c tree-sitter-c-sharp tree-sitter-cpp tree-sitter-css tree-sitter-go tree-sitter-html
  tree-sitter-java tree-sitter-javascript tree-sitter-json tree-sitter-php/php tree-sitter-python tree-sitter-ruby
  tree-sitter-rust tree-sitter-scala tree-sitter-swift tree-sitter-typescript/typescript tree-sitter-typescript/tsx
  @derekstride/tree-sitter-sql @tree-sitter-grammars/tree-sitter-kotlin @tree-sitter-grammars/tree-sitter-lua
  @tree-sitter-grammars/tree-sitter-markdown/tree-sitter-markdown @tree-sitter-grammars/tree-sitter-toml
  @tree-sitter-grammars/tree-sitter-yaml)
add_library(exo_grammars STATIC)
foreach(dir ${grammarDirs})
  set(source "${npmDir}/node_modules/${dir}/src")
  target_sources(exo_grammars PRIVATE "${source}/parser.c")
  set(units "${source}/parser.c")
  if(EXISTS "${source}/scanner.c")
    target_sources(exo_grammars PRIVATE "${source}/scanner.c")
    list(APPEND units "${source}/scanner.c")
  endif()
  # Each package carries its own tree_sitter/parser.h; the versions differ.
  set_source_files_properties(${units} PROPERTIES INCLUDE_DIRECTORIES "${source}")
endforeach()
set_target_properties(exo_grammars PROPERTIES C_STANDARD 11 C_EXTENSIONS ON)
target_compile_options(exo_grammars PRIVATE -w -O2 -g0 -fvisibility=hidden)
if(EXOBRAIN_SANITIZE)
  target_compile_options(exo_grammars PRIVATE -fno-sanitize=all)
endif()
target_link_libraries(exo_grammars PUBLIC exo_treesitter)
