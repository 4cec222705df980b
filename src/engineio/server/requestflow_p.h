// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_REQUESTFLOW_P_H
#define ENGINEIO_REQUESTFLOW_P_H

#include "engineio/protocol/wireprotocol_p.h"
#include "net/http/requestexchange_p.h"

#include <EngineIo/enums.h>

#include <QtCore/qvariant.h>

#include <memory>

namespace EngineIo::detail {

class PollingTransport;
class SessionCore;
class IoWorker;

// Takes one request from its arrival to a session or a refusal. Any step may have to wait for the
// application, so each calls the next, and a step that waits keeps the flow alive. The flow does
// not keep the worker alive: IoWorker::callback() drops answers that come after its end, and while a
// step runs, its caller keeps the worker.
class RequestFlow final : public std::enable_shared_from_this<RequestFlow>
{
public:
    RequestFlow(IoWorker &worker, std::shared_ptr<RequestExchange> exchange);

    void start();

private:
    void tellHealth();
    void tellMetrics();
    void refuseWhileDraining();
    void passToApplication();
    void askRequestHandler();
    void applyCors();
    void answerCors(bool originAllowed);
    void lookForFile();
    void runMiddlewares();
    void verify();
    QString unknownSessionHint() const;
    bool isAllowedOrigin() const;
    void askAllowed();
    void checkProtocol();
    void generateId();
    void openSession(const QString &id);
    void joinSession(const std::shared_ptr<SessionCore> &core);
    void passToPolling(PollingTransport &transport);
    void refuse(ConnectionError error, const QVariantMap &context, const QString &message = {},
                const QString &hint = {});

    const HttpRequest &request() const { return m_exchange->request(); }
    const WireProtocol &protocol() const
    {
        return WireProtocol::named(request().queryValue(u"EIO"));
    }

    IoWorker &m_worker;
    std::shared_ptr<RequestExchange> m_exchange;
    TransportType m_transport = TransportType::Polling;
    bool m_upgrade = false;
};

} // namespace EngineIo::detail

#endif
