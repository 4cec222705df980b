// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_DESCRIPTOR_P_H
#define ENGINEIO_DESCRIPTOR_P_H

#include <EngineIo/engineioglobal.h>

#include <utility>

namespace EngineIo::detail {

// Owns an open descriptor, of a socket or on Unix also of a file, and closes it unless it is
// released.
class ENGINEIO_EXPORT Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(qintptr handle)
        : m_handle(handle)
    {
    }
    Descriptor(Descriptor &&other) noexcept
        : m_handle(other.release())
    {
    }
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_handle = other.release();
        }
        return *this;
    }
    ~Descriptor() { reset(); }

    qintptr handle() const noexcept { return m_handle; }
    int number() const noexcept { return int(m_handle); } // for the functions of Unix
    bool isValid() const noexcept { return m_handle != -1; }
    qintptr release() noexcept { return std::exchange(m_handle, -1); }
    void reset();

private:
    qintptr m_handle = -1;
};

} // namespace EngineIo::detail

#endif
