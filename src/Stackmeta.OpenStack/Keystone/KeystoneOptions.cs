using System.Collections.Immutable;

namespace Stackmeta.OpenStack;

/// <summary>
/// Who this service is towards Keystone, and where Keystone is (keystoneauth's <c>v3password</c> and <c>v3applicationcredential</c>).
/// </summary>
public sealed record KeystoneOptions
{
    /// <summary><c>auth_url</c>, with or without <c>/v3</c>.</summary>
    public required Uri AuthUrl { get; init; }

    public string? UserId { get; init; }
    public string? Username { get; init; }
    public string? UserDomainId { get; init; }
    public string? UserDomainName { get; init; }

    /// <summary>Of the user; a secret.</summary>
    public string? Password { get; init; }

    /// <summary>The scope of the token. Of an application credential the project is part of it, and none is named.</summary>
    public string? ProjectId { get; init; }
    public string? ProjectName { get; init; }
    public string? ProjectDomainId { get; init; }
    public string? ProjectDomainName { get; init; }

    /// <summary><c>all</c> for a token of the whole system instead of a project.</summary>
    public string? SystemScope { get; init; }

    public string? ApplicationCredentialId { get; init; }

    /// <summary>Unique only with the user.</summary>
    public string? ApplicationCredentialName { get; init; }

    /// <summary>A secret; where it is set, it is used instead of a password.</summary>
    public string? ApplicationCredentialSecret { get; init; }

    public TlsOptions Tls { get; init; } = new();

    /// <summary>How long Keystone may take.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Without its secrets.</summary>
    public override string ToString() =>
        $"{ApplicationCredentialName ?? ApplicationCredentialId ?? Username ?? UserId} at {AuthUrl}";
}

/// <summary>Which of the catalogue's endpoints of a service is asked (keystoneauth's adapter options).</summary>
public sealed record EndpointChoice
{
    public string ServiceType { get; init; } = "network";

    public string? ServiceName { get; init; }

    /// <summary>Null for any.</summary>
    public string? RegionName { get; init; }

    /// <summary>In order of preference.</summary>
    public ImmutableArray<string> Interfaces { get; init; } = ["internal", "public"];

    /// <summary>Asked instead of anything in the catalogue.</summary>
    public Uri? Override { get; init; }
}
