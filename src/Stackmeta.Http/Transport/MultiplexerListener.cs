using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Stackmeta.Http;

/// <summary>Gives Kestrel the multiplexer, and no other connection.</summary>
sealed class MultiplexerListener(ConnectionMultiplexer multiplexer) : IConnectionListenerFactory, IConnectionListener
{
    readonly TaskCompletionSource<ConnectionContext?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>By Kestrel's one loop only.</summary>
    bool _isAccepted;

    /// <summary>The address that stands for all that the multiplexer's connections come through, where a server asks for one.</summary>
    public static EndPoint Everywhere { get; } = new MultiplexerEndPoint();

    public EndPoint EndPoint => Everywhere;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(this);

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (_isAccepted)
        {
            return new(_end.Task);
        }
        _isAccepted = true;
        return new(multiplexer);
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _end.TrySetResult(null);
        return default;
    }

    public ValueTask DisposeAsync() => default;

    sealed class MultiplexerEndPoint : EndPoint
    {
        public override string ToString() => "a multiplexer";
    }
}
