namespace Stackmeta.WebConsole;

/// <summary>A guest, as it is asked about.</summary>
/// <param name="Asked">Its address, or the id of its port or instance.</param>
/// <param name="Network">Its network's id where that must be said; null where it need not, or where only a router is known.</param>
/// <param name="Router">The router that its requests come by, where no inventory tells.</param>
public sealed record GuestName(string Asked, string? Network = null, string? Router = null);
