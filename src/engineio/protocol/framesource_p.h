// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_FRAMESOURCE_P_H
#define ENGINEIO_FRAMESOURCE_P_H

#include <EngineIo/frame.h>

namespace EngineIo::detail {

// Makes frames when and where they are sent: in the session's I/O thread.
class ENGINEIO_EXPORT FrameSource
{
public:
    virtual ~FrameSource();
    // The frames to send. Called once, in the session's I/O thread if there is one.
    virtual FrameList frames() = 0;
};

} // namespace EngineIo::detail

#endif
