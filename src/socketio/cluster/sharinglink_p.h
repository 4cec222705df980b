// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SHARINGLINK_P_H
#define SOCKETIO_SHARINGLINK_P_H

#include <SocketIo/adapter.h>
#include <SocketIo/serveroptions.h>

#include <memory>
#include <utility>

namespace SocketIo::detail {

// Makes a function for ServerOptions::adapter. The adapters, which makeAdapter(nsp, link) makes,
// share one link to the others: a shared pointer that makeLink() returns for the first of them.
template<typename MakeLink, typename MakeAdapter>
AdapterFactory adaptersSharing(MakeLink makeLink, MakeAdapter makeAdapter)
{
    return [makeLink = std::move(makeLink), makeAdapter = std::move(makeAdapter),
            link = decltype(makeLink())()](Namespace *nsp) mutable {
        if (!link)
            link = makeLink();
        return std::unique_ptr<Adapter>(makeAdapter(nsp, link));
    };
}

} // namespace SocketIo::detail

#endif
