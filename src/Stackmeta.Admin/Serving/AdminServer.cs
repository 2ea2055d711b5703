using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;
using Stackmeta.Inventory;

namespace Stackmeta.Admin;

/// <summary>
/// The operator's socket. It is a server of its own on a unix socket: nothing that a guest can connect to leads here, whatever path it
/// asks for (OSSN-0106).
/// </summary>
/// <remarks>
/// <code>
///  peer (SO_PEERCRED): root or our own user ──► route ──► answer
///  anybody else: 403                            404, 405   500 with the exception in the log alone; a broken
///                                                          connection once the answer has begun
/// </code>
/// </remarks>
public sealed class AdminServer : IAsyncDisposable
{
    /// <summary>An instance with the largest user data is below 100 KiB.</summary>
    const long MaxBody = 1024 * 1024;

    readonly HttpServer _server;
    readonly UnixSocketFile _socket;

    AdminServer(HttpServer server, UnixSocketFile socket)
    {
        _server = server;
        _socket = socket;
    }

    /// <summary>Opens the socket and answers.</summary>
    /// <param name="path">The socket; its folder is made when it is missing.</param>
    /// <param name="takeOver">Whether it is taken over from a process that lives.</param>
    /// <param name="routes">What can be asked. <c>/</c> and <c>/openapi.json</c> are added.</param>
    /// <exception cref="ListenException">The socket cannot be had, or another process has it.</exception>
    public static async Task<AdminServer> StartAsync(
        string path,
        bool takeOver,
        IEnumerable<AdminRoute> routes,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var socket = UnixSocketFile.Open(
            new()
            {
                Path = path,
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                Backlog = 16,
                TakeOver = takeOver,
                Occupied = static taken =>
                    $"Another stackmeta has the admin socket {taken}. Stop it first, or set admin.listen to another place.",
            }
        );
        try
        {
            var answering = new Answering(routes, loggers.CreateLogger<AdminServer>().Throttled(TimeProvider.System));
            var server = await HttpServer.StartAsync(
                new HttpServerOptions
                {
                    Addresses = [new UnixDomainSocketEndPoint(path)],
                    OpenSocket = _ => socket.Socket,
                    Backlog = 16,
                    MaxConnections = 64,
                    MaxBody = MaxBody,
                    MaxBufferedBody = (int)MaxBody,
                },
                answering.AnswerAsync,
                loggers,
                cancellationToken
            );
            return new AdminServer(server, socket);
        }
        catch
        {
            socket.CloseDoor();
            socket.Socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.CloseDoor();
        await _server.DisposeAsync();
    }

    sealed class Answering(IEnumerable<AdminRoute> routes, ILogger logger)
    {
        readonly AdminRoutes _routes = new(AdminIndex.WithIndex(routes));

        public async Task AnswerAsync(HttpContext context)
        {
            var request = new AdminRequest(context, []);
            if (!IsAllowed(context))
            {
                await AdminAnswer.ErrorAsync(
                    request,
                    403,
                    "Only root and the user that stackmeta runs as may ask here"
                );
                return;
            }
            if (
                !RequestTarget.TryGetOriginForm(
                    context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
                    out var target
                )
            )
            {
                await AdminAnswer.ErrorAsync(request, 400, "The target is no path");
                return;
            }
            var query = target.IndexOf('?');
            var path = (query < 0 ? target : target[..query]).ToString();
            if (_routes.Find(context.Request.Method, path, out var allowed) is not var (route, values))
            {
                await NotFoundAsync(request, allowed);
                return;
            }
            try
            {
                await route.Answer(new AdminRequest(context, values));
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // Whoever asked has gone away.
            }
            catch (Exception e) when (BadRequest.RefusalOf(e) is var refusal and not Refusal.None)
            {
                var description = RefusalDescription.Of(refusal);
                await AdminAnswer.ErrorAsync(request, description.Status, description.Explanation);
            }
            catch (InventoryException e) when (!context.Response.HasStarted)
            {
                await AdminAnswer.ErrorAsync(request, 503, e.Message);
            }
            catch (Exception e) when (!context.Response.HasStarted)
            {
                Log.Failed(logger, e, route.Method, route.Template);
                await AdminAnswer.ErrorAsync(request, 500, "It failed; the log says why");
            }
            catch (Exception e)
            {
                Log.Broken(logger, e, route.Method, route.Template);
                context.Abort();
            }
        }

        static Task NotFoundAsync(AdminRequest request, IReadOnlyList<string> allowed)
        {
            if (allowed.Count == 0)
            {
                return AdminAnswer.ErrorAsync(request, 404, "There is nothing; / lists what there is");
            }
            request.Http.Response.Headers.Allow = string.Join(", ", allowed);
            return AdminAnswer.ErrorAsync(request, 405, $"It knows {string.Join(", ", allowed)}");
        }

        /// <summary>
        /// The socket's mode lets only its owner and root in; the kernel's word on the peer holds also where a mode was widened.
        /// </summary>
        static bool IsAllowed(HttpContext context) =>
            context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
            && PeerCredentials.UserOf(socket) is { } user
            && (user == 0 || user == PeerCredentials.OwnUser);
    }
}
