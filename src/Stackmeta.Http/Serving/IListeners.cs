namespace Stackmeta.Http;

/// <summary>Who accepts a server's connections.</summary>
interface IListeners : IDisposable
{
    /// <summary>Connections that were accepted and are not closed yet, also those that the server has not begun with.</summary>
    int OpenConnections { get; }

    /// <summary>Accepts no more; what waits in the kernel is for another process that has the sockets. May be called again.</summary>
    Task StopAcceptingAsync();
}
