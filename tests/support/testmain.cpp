// SPDX-License-Identifier: MIT
#include "testmain.h"

#include <cstdio>
#include <map>
#include <string>
#include <string_view>

namespace {

std::map<std::string, TestSupport::Run> &tests()
{
    static std::map<std::string, TestSupport::Run> all;
    return all;
}

} // namespace

TestSupport::Registration::Registration(const char *file, Run run)
{
    std::string_view name(file);
    name.remove_prefix(name.find_last_of("/\\") + 1); // npos + 1 is 0
    tests().emplace(name.substr(0, name.find('.')), run);
}

int main(int argc, char *argv[])
{
    const auto test = argc > 1 ? tests().find(argv[1]) : tests().end();
    if (test != tests().end()) {
        argv[1] = argv[0];
        return test->second(argc - 1, argv + 1);
    }
    std::FILE *const out = argc > 1 ? stderr : stdout;
    std::fprintf(out, "Usage: %s <test> [Qt Test arguments], with <test> one of:\n", argv[0]);
    for (const auto &[name, run] : tests())
        std::fprintf(out, "    %s\n", name.c_str());
    return argc > 1 ? 1 : 0;
}
