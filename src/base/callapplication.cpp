// SPDX-License-Identifier: MIT
#include "base/callapplication_p.h"

#include "base/homethread_p.h"

#ifndef QT_NO_EXCEPTIONS
#include <exception>

#if defined(__GLIBCXX__)
#include <cxxabi.h>
#endif
#endif

namespace EngineIo::detail {

void passOnException()
{
#ifndef QT_NO_EXCEPTIONS
#if defined(__GLIBCXX__)
    // How a thread is cancelled, which must not be stopped.
    try {
        throw;
    } catch (abi::__forced_unwind &) {
        throw;
    } catch (...) {
        // as below
    }
#endif
    HomeThread::current()->post(
        [exception = std::current_exception()] { std::rethrow_exception(exception); });
#endif
}

} // namespace EngineIo::detail
