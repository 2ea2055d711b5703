using System.Collections.Immutable;

namespace Stackmeta.OpenStack;

/// <summary>The options that keystoneauth gives to a group: who this service is, how it connects, and which endpoint it asks.</summary>
sealed class KeystoneAuthTable
{
    static readonly string[] PasswordTypes = ["password", "v3password"];
    static readonly string[] CredentialTypes = ["v3applicationcredential"];

    readonly string _group;

    public KeystoneAuthTable(string group)
    {
        _group = group;
        AuthType = Option("auth_type", deprecated: "auth_plugin") with
        {
            Unsupported = value =>
                value.Length == 0 || PasswordTypes.Contains(value) || CredentialTypes.Contains(value)
                    ? null
                    : "only password, v3password and v3applicationcredential are known here",
        };
        AuthSection = Option("auth_section");
        AuthUrl = Option("auth_url");
        Username = Option("username", deprecated: "user_name");
        UserId = Option("user_id");
        UserDomainName = Option("user_domain_name");
        UserDomainId = Option("user_domain_id");
        Password = Option("password") with { IsSecret = true };
        ProjectName = Option("project_name", deprecated: "tenant_name");
        ProjectId = Option("project_id", deprecated: "tenant_id");
        ProjectDomainName = Option("project_domain_name");
        ProjectDomainId = Option("project_domain_id");
        DefaultDomainName = Option("default_domain_name");
        DefaultDomainId = Option("default_domain_id");
        SystemScope = Option("system_scope");
        CredentialId = Option("application_credential_id");
        CredentialName = Option("application_credential_name");
        CredentialSecret = Option("application_credential_secret") with { IsSecret = true };
        CaFile = Option("cafile");
        CertFile = Option("certfile");
        KeyFile = Option("keyfile");
        Insecure = Option("insecure", OptionKind.Boolean) with { Default = "false" };
        RequestTimeout = Option("timeout", OptionKind.Integer) with { Minimum = 1 };
        RegionName = Option("region_name");
        ServiceType = Option("service_type");
        ServiceName = Option("service_name");
        ValidInterfaces = Option("valid_interfaces", OptionKind.List);
        EndpointOverride = Option("endpoint_override");
        All =
        [
            AuthType,
            AuthSection,
            AuthUrl,
            Username,
            UserId,
            UserDomainName,
            UserDomainId,
            Password,
            ProjectName,
            ProjectId,
            ProjectDomainName,
            ProjectDomainId,
            DefaultDomainName,
            DefaultDomainId,
            SystemScope,
            CredentialId,
            CredentialName,
            CredentialSecret,
            CaFile,
            CertFile,
            KeyFile,
            Insecure,
            RequestTimeout,
            RegionName,
            ServiceType,
            ServiceName,
            ValidInterfaces,
            EndpointOverride,
            NotSupported("trust_id"),
            NotSupported("domain_id"),
            NotSupported("domain_name"),
        ];
    }

    /// <summary>For the report and for substitution.</summary>
    public ImmutableArray<OptionDefinition> All { get; }

    OptionDefinition AuthType { get; }
    OptionDefinition AuthSection { get; }
    OptionDefinition AuthUrl { get; }
    OptionDefinition Username { get; }
    OptionDefinition UserId { get; }
    OptionDefinition UserDomainName { get; }
    OptionDefinition UserDomainId { get; }
    OptionDefinition Password { get; }
    OptionDefinition ProjectName { get; }
    OptionDefinition ProjectId { get; }
    OptionDefinition ProjectDomainName { get; }
    OptionDefinition ProjectDomainId { get; }
    OptionDefinition DefaultDomainName { get; }
    OptionDefinition DefaultDomainId { get; }
    OptionDefinition SystemScope { get; }
    OptionDefinition CredentialId { get; }
    OptionDefinition CredentialName { get; }
    OptionDefinition CredentialSecret { get; }
    OptionDefinition CaFile { get; }
    OptionDefinition CertFile { get; }
    OptionDefinition KeyFile { get; }
    OptionDefinition Insecure { get; }
    OptionDefinition RequestTimeout { get; }
    OptionDefinition RegionName { get; }
    OptionDefinition ServiceType { get; }
    OptionDefinition ServiceName { get; }
    OptionDefinition ValidInterfaces { get; }
    OptionDefinition EndpointOverride { get; }

    /// <summary>
    /// Who this service is; null when the group names no credentials. <c>auth_section</c> names another group that has them.
    /// </summary>
    public KeystoneOptions? ReadCredentials(OptionReader reader)
    {
        if (reader.Text(AuthSection) is { Length: > 0 } section && section != _group)
        {
            return new KeystoneAuthTable(ConfigurationParser.NormalizeGroup(section)).ReadCredentials(reader);
        }
        if (reader.Text(AuthType) is not { Length: > 0 } type)
        {
            return null;
        }
        if (AuthType.Unsupported!(type) is { } reason)
        {
            reader.Complain(AuthType, $"is not supported: {reason}");
            return null;
        }
        if (
            !Uri.TryCreate(reader.Text(AuthUrl), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
        )
        {
            reader.Complain(AuthUrl, "is no URL of Keystone");
            return null;
        }
        var isCredential = CredentialTypes.Contains(type);
        OptionDefinition[] needed = isCredential
            ? [CredentialSecret, IsGiven(reader, CredentialName) ? CredentialName : CredentialId]
            : [Password, IsGiven(reader, UserId) ? UserId : Username];
        foreach (var option in needed.Where(option => !IsGiven(reader, option)))
        {
            reader.Complain(option, $"is needed for {type}");
        }
        return new()
        {
            AuthUrl = url,
            UserId = reader.Text(UserId),
            Username = reader.Text(Username),
            UserDomainId = reader.Text(UserDomainId) ?? reader.Text(DefaultDomainId),
            UserDomainName = reader.Text(UserDomainName) ?? reader.Text(DefaultDomainName),
            Password = reader.Text(Password),
            ProjectId = reader.Text(ProjectId),
            ProjectName = reader.Text(ProjectName),
            ProjectDomainId = reader.Text(ProjectDomainId) ?? reader.Text(DefaultDomainId),
            ProjectDomainName = reader.Text(ProjectDomainName) ?? reader.Text(DefaultDomainName),
            SystemScope = reader.Text(SystemScope),
            ApplicationCredentialId = isCredential ? reader.Text(CredentialId) : null,
            ApplicationCredentialName = isCredential ? reader.Text(CredentialName) : null,
            ApplicationCredentialSecret = isCredential ? reader.Text(CredentialSecret) : null,
            Tls = ReadTls(reader),
            Deadline = Deadline(reader, new KeystoneOptions { AuthUrl = url }.Deadline),
        };
    }

    /// <summary>How the group's service is asked.</summary>
    public NeutronOptions ReadAdapter(OptionReader reader)
    {
        var defaults = new NeutronOptions();
        var endpoint = new EndpointChoice
        {
            ServiceType = reader.Text(ServiceType) is { Length: > 0 } type ? type : defaults.Endpoint.ServiceType,
            ServiceName = reader.Text(ServiceName),
            RegionName = reader.Text(RegionName) is { Length: > 0 } region ? region : null,
            Interfaces = reader.List(ValidInterfaces) is { Length: > 0 } interfaces
                ? [.. interfaces.Select(name => name.EndsWith("URL", StringComparison.Ordinal) ? name[..^3] : name)]
                : defaults.Endpoint.Interfaces,
        };
        if (reader.Text(EndpointOverride) is { Length: > 0 } text)
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var url))
            {
                endpoint = endpoint with { Override = url };
            }
            else
            {
                reader.Complain(EndpointOverride, "is no URL");
            }
        }
        return new()
        {
            Endpoint = endpoint,
            Tls = ReadTls(reader),
            Deadline = Deadline(reader, defaults.Deadline),
        };
    }

    // A guest waits 8 s at most, whatever the operator allows other requests of this kind.
    TimeSpan Deadline(OptionReader reader, TimeSpan most) =>
        reader.Integer(RequestTimeout) is { } seconds && TimeSpan.FromSeconds(seconds) < most
            ? TimeSpan.FromSeconds(seconds)
            : most;

    TlsOptions ReadTls(OptionReader reader) =>
        new()
        {
            AuthorityFile = NullIfEmpty(reader.Text(CaFile)),
            CertificateFile = NullIfEmpty(reader.Text(CertFile)),
            KeyFile = NullIfEmpty(reader.Text(KeyFile)),
            IsInsecure = reader.Boolean(Insecure),
        };

    static bool IsGiven(OptionReader reader, OptionDefinition option) => !string.IsNullOrEmpty(reader.Text(option));

    static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    OptionDefinition Option(string name, OptionKind kind = OptionKind.Text, string? deprecated = null) =>
        new(_group, name, kind) { DeprecatedNames = deprecated is null ? [] : [(_group, deprecated)] };

    OptionDefinition NotSupported(string name) =>
        new(_group, name)
        {
            Verdict = OptionVerdict.NotSupported,
            Reason = "tokens are asked for a project or the system only",
        };
}
