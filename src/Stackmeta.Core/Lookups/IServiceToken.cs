namespace Stackmeta.Core.Lookups;

/// <summary>The token with which this service shows others who it is (Nova's <c>[vendordata_dynamic_auth]</c>).</summary>
public interface IServiceToken
{
    /// <summary>A valid token, kept and renewed by the implementation; null when there is none to be had now.</summary>
    /// <param name="refused">A token that was just refused and must not be given again; null when none was.</param>
    ValueTask<string?> GetTokenAsync(string? refused, CancellationToken cancellationToken);
}
